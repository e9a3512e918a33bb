package com.genesyslab.platform.commons.threading;

/** Signature only. */
public class SingleThreadInvoker implements AsyncInvoker {
  public SingleThreadInvoker(String name) {}
}
