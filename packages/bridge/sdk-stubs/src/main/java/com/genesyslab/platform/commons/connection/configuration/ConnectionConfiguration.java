package com.genesyslab.platform.commons.connection.configuration;

/** Signature only. */
public interface ConnectionConfiguration {

}
