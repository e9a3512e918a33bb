package com.genesyslab.platform.commons.threading;

/** Signature only. */
public interface AsyncInvoker {

}
