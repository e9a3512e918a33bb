package com.genesyslab.platform.commons.connection.tls;

/** Signature only. */
public class SSLExtendedOptions {

}
