package com.genesyslab.platform.commons.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.genesyslab.platform.commons.threading.AsyncInvoker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EventObject;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Test double: opens the feed of a script and plays its lines, one after the other with the requests. */
public abstract class ClientChannel {
  private static final ObjectMapper JSON = new ObjectMapper();
  private Endpoint endpoint;
  private MessageHandler handler;
  private ChannelListener listener;
  private Socket socket;
  private String refusal;
  private boolean closing;
  private final CountDownLatch ready = new CountDownLatch(1);

  public void open(long timeoutMs) throws ProtocolException, InterruptedException {
    try {
      socket = new Socket(endpoint.host, endpoint.port);
    } catch (IOException error) {
      throw new ProtocolException(error.getMessage());
    }
    Thread reader = new Thread(this::read, "sdk-double");
    reader.setDaemon(true);
    reader.start();
    if (!ready.await(timeoutMs, TimeUnit.MILLISECONDS)) throw new ProtocolException("not ready in time");
    if (refusal != null) throw new RegistrationException(refusal);
    listener.onChannelOpened(new EventObject(this));
  }

  private void read() {
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode node = JSON.readTree(line);
        String what = node.path("do").asText();
        if (what.equals("ready")) ready.countDown();
        else if (what.equals("mark")) socket.getOutputStream().write((node.path("id").asText() + "\n").getBytes(StandardCharsets.UTF_8));
        else synchronized (this) {
          play(what, node);
        }
      }
    } catch (IOException error) {
      // Told below.
    }
    boolean own;
    synchronized (this) {
      own = closing;
    }
    if (ready.getCount() > 0) {
      refusal = "the feed ended";
      ready.countDown();
    } else {
      listener.onChannelClosed(new ChannelClosedEvent(this, own ? null : new IOException("connection is unresponsive")));
    }
  }

  public void close() throws ProtocolException, InterruptedException {
    synchronized (this) {
      closing = true;
    }
    try {
      if (socket != null) socket.close();
    } catch (IOException error) {
      throw new ProtocolException(error.getMessage());
    }
  }

  public void send(Message message) throws ProtocolException {
    synchronized (this) {
      if (closing) throw new ProtocolException("closed");
      answer(message);
    }
  }

  /** A line to the feed. */
  protected void say(String line) {
    try {
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException error) {
      // The reader tells of the loss.
    }
  }

  protected void tell(Message message) {
    handler.onMessage(message);
  }

  /** A line of the script. */
  protected abstract void play(String what, JsonNode line);

  /** A request of the bridge. */
  protected abstract void answer(Message request);

  public void setEndpoint(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  public void setMessageHandler(MessageHandler handler) {
    this.handler = handler;
  }

  public void addChannelListener(ChannelListener listener) {
    this.listener = listener;
  }

  public void setInvoker(AsyncInvoker invoker) {}
}
