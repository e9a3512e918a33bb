package com.genesyslab.platform.commons.threading;

/** Test double. */
public interface AsyncInvoker {}
