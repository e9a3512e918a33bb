package com.genesyslab.platform.commons.connection.tls;

/** Test double. */
public class SSLExtendedOptions {}
