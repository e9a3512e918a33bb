package com.genesyslab.platform.commons.protocol;

import com.genesyslab.platform.commons.connection.configuration.ConnectionConfiguration;
import com.genesyslab.platform.commons.connection.tls.SSLExtendedOptions;
import javax.net.ssl.SSLContext;

/** Test double: where the feed of the server's script listens. */
public class Endpoint {
  final String host;
  final int port;

  public Endpoint(String name, String host, int port, ConnectionConfiguration configuration) {
    this.host = host;
    this.port = port;
  }

  public Endpoint(String name, String host, int port, ConnectionConfiguration configuration, boolean tls, SSLContext context, SSLExtendedOptions options) {
    this(name, host, port, configuration);
  }
}
