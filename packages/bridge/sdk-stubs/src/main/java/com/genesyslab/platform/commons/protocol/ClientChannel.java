package com.genesyslab.platform.commons.protocol;

import com.genesyslab.platform.commons.threading.AsyncInvoker;

/** Signature only. */
public abstract class ClientChannel {
  public void open(long timeoutMs) throws ProtocolException, InterruptedException {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void close() throws ProtocolException, InterruptedException {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void send(Message message) throws ProtocolException {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void setTimeout(long timeoutMs) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public ChannelState getState() {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void setEndpoint(Endpoint endpoint) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void setMessageHandler(MessageHandler handler) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void addChannelListener(ChannelListener listener) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }

  public void setInvoker(AsyncInvoker invoker) {
    throw new UnsupportedOperationException("compile-only stub of the bridge");
  }
}
