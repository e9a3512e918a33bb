package exec.bridge.link;

import exec.bridge.config.BridgeConfig;
import exec.bridge.ops.JsonLog;
import exec.bridge.ops.Metrics;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** Listens for clients of Engage Link and watches over their connections. */
public final class LinkServer implements Client.Owner {
  private final ServerSocket listener;
  private final Set<Client> clients = ConcurrentHashMap.newKeySet();
  private final BridgeConfig config;
  private final JsonLog log;
  private final Metrics metrics;
  private final BiConsumer<Client, Frames.Frame> onFrame;
  private final Consumer<Client> onClosed;
  private volatile boolean closed;
  private int accepted;

  /**
   * @param tls null for plain TCP; client certificates are demanded when authorities are configured
   * @throws IOException when the address cannot be listened at
   */
  public LinkServer(
      BridgeConfig config, SSLContext tls, JsonLog log, Metrics metrics,
      BiConsumer<Client, Frames.Frame> onFrame, Consumer<Client> onClosed) throws IOException {
    this.config = config;
    this.log = log;
    this.metrics = metrics;
    this.onFrame = onFrame;
    this.onClosed = onClosed;
    listener = tls == null ? new ServerSocket() : tls.getServerSocketFactory().createServerSocket();
    if (listener instanceof SSLServerSocket secure && config.listenTlsFiles().authorities().isPresent())
      secure.setNeedClientAuth(true);
    metrics.gauge("bridge_client_queue_bytes", "Bytes that wait for the client that reads slowest", () -> clients.stream().mapToLong(Client::queuedBytes).max().orElse(0));
    listener.setReuseAddress(true);
    listener.bind(config.listen().socket(), 1024);
  }

  public void start() {
    thread("link-accept", this::accept);
    thread("link-clock", this::clock);
  }

  private static void thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  public int port() {
    return listener.getLocalPort();
  }

  public int connections() {
    return clients.size();
  }

  private void accept() {
    Client.Limits limits =
        new Client.Limits(config.queueFrames(), config.queueBytes(), config.keepAliveMs(), 10_000);
    while (!closed) {
      try {
        Socket socket = listener.accept();
        if (clients.size() >= config.clientsMax()) {
          metrics.count("bridge_clients_dropped_total", "reason", "too-many");
          socket.close();
          continue;
        }
        Client client = new Client(++accepted, socket, this, limits, log, metrics);
        clients.add(client);
        client.start();
      } catch (IOException error) {
        if (!closed) pause(error);
      }
    }
  }

  /** Out of file descriptors, for instance: the next attempt comes when some may be free again. */
  private void pause(IOException error) {
    log.once("accept", String.valueOf(error.getMessage()), "A connection could not be accepted");
    sleep(100);
  }

  private void clock() {
    while (!closed) {
      sleep(Math.max(50, config.keepAliveMs() / 10));
      long now = System.nanoTime();
      for (Client client : clients) client.watch(now);
    }
  }

  private static void sleep(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void frame(Client client, Frames.Frame frame) {
    onFrame.accept(client, frame);
  }

  @Override
  public void closed(Client client) {
    if (clients.remove(client)) onClosed.accept(client);
  }

  /** No more connections; those that are there end after what was sent. */
  public void close() {
    closed = true;
    try {
      listener.close();
    } catch (IOException error) {
      // It is gone either way.
    }
    for (Client client : clients) client.close();
  }

  /** Those that have not ended by themselves. */
  public void destroy() {
    for (Client client : clients) client.destroy();
  }
}
