package com.genesyslab.platform.commons.connection.configuration;

/** Test double. */
public interface ConnectionConfiguration {}
