package com.genesyslab.platform.voice.protocol.tserver;

import com.genesyslab.platform.commons.GEnum;

/** Test double. */
public final class ServerRole extends GEnum {
  public static final ServerRole Primary = new ServerRole("Primary", 0);
  public static final ServerRole Backup = new ServerRole("Backup", 1);

  private ServerRole(String name, int number) {
    super(name, number);
  }

  public static ServerRole valueOf(String name) {
    return named(ServerRole.class, name);
  }
}
