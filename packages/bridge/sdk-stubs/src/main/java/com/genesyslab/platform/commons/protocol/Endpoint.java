package com.genesyslab.platform.commons.protocol;

import com.genesyslab.platform.commons.connection.configuration.ConnectionConfiguration;
import com.genesyslab.platform.commons.connection.tls.SSLExtendedOptions;
import javax.net.ssl.SSLContext;

/** Signature only. */
public class Endpoint {
  public Endpoint(String name, String host, int port, ConnectionConfiguration configuration) {}

  public Endpoint(
      String name,
      String host,
      int port,
      ConnectionConfiguration configuration,
      boolean tls,
      SSLContext context,
      SSLExtendedOptions options) {}
}
