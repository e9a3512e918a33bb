package com.genesyslab.platform.commons.threading;

/** Test double. */
public class SingleThreadInvoker implements AsyncInvoker {
  public SingleThreadInvoker(String name) {}
}
