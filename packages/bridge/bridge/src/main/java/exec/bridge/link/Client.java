package exec.bridge.link;

import exec.bridge.ops.JsonLog;
import exec.bridge.ops.Metrics;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Map;
import javax.net.ssl.SSLSocket;

/**
 * One client's connection: a thread that reads, a thread that writes from a bounded queue. Whoever sends never waits:
 * a client that does not read in time loses its connection, the server behind the bridge is not held up.
 */
public final class Client {
  /** What a connection tells its owner; called on the connection's own threads. */
  interface Owner {
    void frame(Client client, Frames.Frame frame);

    void closed(Client client);
  }

  /** Bounds of one connection. */
  record Limits(int queueFrames, long queueBytes, int keepAliveMs, int handshakeMs) {}

  private static final Frames.Encoded ASK = Frames.encode("KeepAliveRequest", Map.of());
  private static final Frames.Encoded ANSWER = Frames.encode("KeepAliveResponse", Map.of());
  /** What one write may gather. */
  private static final int BATCH = 65_536;

  private final int number;
  private final Socket socket;
  private final Owner owner;
  private final Limits limits;
  private final JsonLog log;
  private final Metrics metrics;
  private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
  private long queuedBytes;
  private boolean ending;
  private boolean gone;
  private long sequence;
  private volatile long heardAt = System.nanoTime();
  private volatile boolean asked;

  Client(int number, Socket socket, Owner owner, Limits limits, JsonLog log, Metrics metrics) {
    this.number = number;
    this.socket = socket;
    this.owner = owner;
    this.limits = limits;
    this.log = log;
    this.metrics = metrics;
  }

  public int number() {
    return number;
  }

  /** Bytes that wait to be written. */
  long queuedBytes() {
    synchronized (queue) {
      return queuedBytes;
    }
  }

  void start() {
    thread("link-" + number + "-in", this::read).start();
  }

  private static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** An answer, or anything else without a sequence number. */
  public void send(String message, Map<String, ?> attributes) {
    put(Frames.encode(message, attributes), 0);
  }

  /** An event gets the next number of this connection, so that the client can see a gap. */
  public void sendEvent(Frames.Encoded frame) {
    synchronized (queue) {
      put(frame, ++sequence);
    }
  }

  private void put(Frames.Encoded frame, long number) {
    byte[] line = frame.line(number);
    boolean full;
    synchronized (queue) {
      if (gone || ending) return;
      full = queue.size() >= limits.queueFrames() || queuedBytes + line.length > limits.queueBytes();
      if (!full) {
        queue.add(line);
        queuedBytes += line.length;
        queue.notifyAll();
      }
    }
    if (full) drop("not-reading", "The client does not read: its connection was ended");
    else metrics.count("bridge_frames_sent_total", "message", frame.message());
  }

  /** Ends the connection after what was sent. */
  public void close() {
    synchronized (queue) {
      ending = true;
      queue.notifyAll();
    }
  }

  /** Ends the connection now. */
  void drop(String reason, String sentence, Object... fields) {
    synchronized (queue) {
      if (gone) return;
    }
    metrics.count("bridge_clients_dropped_total", "reason", reason);
    Object[] all = new Object[fields.length + 2];
    all[0] = "exec.connection";
    all[1] = number;
    System.arraycopy(fields, 0, all, 2, fields.length);
    log.warn(sentence, all);
    destroy();
  }

  void destroy() {
    synchronized (queue) {
      if (gone) return;
      gone = true;
      queue.clear();
      queuedBytes = 0;
      queue.notifyAll();
    }
    try {
      // Unsent bytes for a peer that does not read would keep the socket; they are of no use to anybody.
      if (!(socket instanceof SSLSocket)) socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException error) {
      // It is gone either way.
    }
    owner.closed(this);
  }

  private void end() {
    synchronized (queue) {
      if (gone) return;
      gone = true;
      queue.clear();
    }
    try {
      socket.close();
    } catch (IOException error) {
      // It is gone either way.
    }
    owner.closed(this);
  }

  /** Called by the clock of the server, some times in each interval. */
  void watch(long now) {
    long silentMs = (now - heardAt) / 1_000_000;
    if (silentMs < limits.keepAliveMs()) return;
    if (!asked) {
      asked = true;
      put(ASK, 0);
    } else if (silentMs >= 2L * limits.keepAliveMs()) {
      drop("silent", "The client did not answer to keep-alive: its connection was ended");
    }
  }

  private void read() {
    LineReader lines = null;
    try {
      socket.setTcpNoDelay(true);
      if (socket instanceof SSLSocket tls) {
        socket.setSoTimeout(limits.handshakeMs());
        tls.startHandshake();
        socket.setSoTimeout(0);
      }
      thread("link-" + number + "-out", this::write).start();
      lines = new LineReader(socket.getInputStream(), this::heard);
      for (String line = lines.next(); line != null; line = lines.next()) {
        Frames.Frame frame = Frames.parse(line);
        if (frame == null) {
          badLine("not-a-frame", line.getBytes(java.nio.charset.StandardCharsets.UTF_8), lines.offset() - line.length() - 1);
          return;
        }
        if (frame.message().equals("KeepAliveRequest")) put(ANSWER, 0);
        else if (!frame.message().equals("KeepAliveResponse")) owner.frame(this, frame);
      }
      end();
    } catch (LineReader.BadLine bad) {
      badLine(bad.getMessage(), bad.bytes, lines == null ? 0 : lines.offset());
    } catch (SocketException error) {
      end();
    } catch (IOException error) {
      log.debug("A client's connection ended", "exec.connection", number, "error.message", error.getMessage());
      end();
    }
  }

  private void heard() {
    heardAt = System.nanoTime();
    asked = false;
  }

  private void badLine(String fault, byte[] bytes, long offset) {
    drop("protocol-error", "The client sent a bad line: its connection was ended",
        "exec.fault", fault, "exec.line_bytes", bytes.length, "exec.line_offset", Math.max(0, offset), "exec.line_sha256", sha256(bytes));
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void write() {
    try (OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BATCH)) {
      for (;;) {
        byte[] line;
        synchronized (queue) {
          while (queue.isEmpty() && !ending && !gone) {
            // Everything that waited is written: now it must leave.
            if (!flushed) break;
            queue.wait();
          }
          if (gone) return;
          line = queue.poll();
          if (line != null) queuedBytes -= line.length;
        }
        if (line != null) {
          out.write(line);
          flushed = false;
          continue;
        }
        out.flush();
        flushed = true;
        synchronized (queue) {
          if (queue.isEmpty() && ending) break;
        }
      }
      end();
    } catch (IOException error) {
      end();
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      end();
    }
  }

  /** Only the writer's thread looks at it. */
  private boolean flushed = true;
}
