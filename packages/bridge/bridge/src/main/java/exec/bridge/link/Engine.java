package exec.bridge.link;

import exec.bridge.mapping.Mapper;
import exec.bridge.ops.HealthServer;
import exec.bridge.ops.JsonLog;
import exec.bridge.ops.Metrics;
import exec.bridge.sdk.NativeServer;
import exec.bridge.sdk.NativeServer.Kind;
import exec.bridge.sdk.NativeServer.Request;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/**
 * What both sides have in common: one thread on which everything happens in the order in which it came, the connection
 * to the server that is opened again after a loss, requests that wait for their answers, the opening of clients.
 */
public abstract class Engine implements NativeServer.Listener {
  /** Codes of EventError; informative. */
  protected static final int VERSION = 1, PASSWORD = 2, NOT_REGISTERED = 3, UNKNOWN = 4, INVALID = 5, NOT_USABLE = 6, REFUSED = 7;

  private static final String PROTOCOL = "engage-link/1";
  private static final long FIRST_WAIT_MS = 250, LAST_WAIT_MS = 15_000, ANSWER_MS = 9_000, OPENING_MS = 5_000;

  /** A request that waits: its answer, or null when none came. The name is EventError for a refusal. */
  private record Pending(Kind kind, String dn, boolean referenced, long until, BiConsumer<String, Map<String, Object>> answer) {}

  private record Opening(Frames.Frame frame, long until) {}

  protected final NativeServer server;
  protected final Mapper mapper;
  protected final JsonLog log;
  protected final Metrics metrics;
  private final String password;
  private final int nativeMax;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread made = new Thread(task, "engine");
            made.setDaemon(true);
            return made;
          });
  private final AtomicInteger waitingNative = new AtomicInteger();
  private final Map<Integer, Pending> pending = new LinkedHashMap<>();
  private final Map<Client, Opening> openings = new LinkedHashMap<>();
  protected final Set<Client> clients = new LinkedHashSet<>();
  private int reference;
  private int run;
  private long waitMs = FIRST_WAIT_MS;
  protected boolean open;
  /** Primary or Backup; null as long as it is not known. Written on the engine's thread alone. */
  protected volatile String role;
  protected long startTime;
  private volatile HealthServer.Dependency health = new HealthServer.Dependency("server", false, System.currentTimeMillis(), "not connected yet");
  private volatile boolean stopping;

  protected Engine(NativeServer server, Mapper mapper, String password, int nativeMax, JsonLog log, Metrics metrics) {
    this.server = server;
    this.mapper = mapper;
    this.password = password;
    this.nativeMax = nativeMax;
    this.log = log;
    this.metrics = metrics;
    metrics.gauge("bridge_native_up", "1 while the connection to the server stands", () -> health.up() ? 1 : 0);
    metrics.gauge("bridge_native_primary", "1 while the server says that it is primary", () -> health.up() && "Primary".equals(role) ? 1 : 0);
    metrics.gauge("bridge_native_queue", "Messages of the server that wait to be passed on", waitingNative::get);
    metrics.gauge("bridge_clients", "Registered clients", () -> registeredClients);
  }

  private volatile int registeredClients;

  public HealthServer.Dependency health() {
    return health;
  }

  public void start() {
    thread.scheduleWithFixedDelay(guarded(this::tick), 200, 200, TimeUnit.MILLISECONDS);
    run(this::connect);
  }

  /** Ends the connection to the server; clients are the link server's. */
  public void stop() {
    stopping = true;
    run(server::close);
    thread.shutdown();
    try {
      thread.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
    }
  }

  /** What waits for the engine's thread. */
  public int tasks() {
    return thread.getQueue().size();
  }

  protected void run(Runnable task) {
    if (!thread.isShutdown()) thread.execute(guarded(task));
  }

  protected void later(long ms, Runnable task) {
    if (!thread.isShutdown()) thread.schedule(guarded(task), ms, TimeUnit.MILLISECONDS);
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException error) {
        log.error("A message or request could not be handled; it is lost", error);
        metrics.count("bridge_dropped_total", "reason", "fault");
      }
    };
  }

  // The connection to the server

  private void connect() {
    int own = ++run;
    // Opening blocks: it must not hold up the clients.
    Thread opener =
        new Thread(
            () -> {
              try {
                server.open(new Run(own));
                run(() -> onOpen(own));
              } catch (Exception | LinkageError error) {
                run(() -> onOpenFailed(own, error));
              }
            },
            "open");
    opener.setDaemon(true);
    opener.start();
  }

  /** Messages of a connection that is over are nobody's. */
  private final class Run implements NativeServer.Listener {
    private final int own;
    private final AtomicBoolean overflowed = new AtomicBoolean();

    Run(int own) {
      this.own = own;
    }

    @Override
    public void message(String name, Object message) {
      // After the first message that did not fit nothing of this connection is worth keeping.
      if (overflowed.get()) return;
      if (waitingNative.incrementAndGet() > nativeMax) {
        waitingNative.decrementAndGet();
        if (overflowed.compareAndSet(false, true))
          Engine.this.run(() -> lost(own, "more messages wait than fit: everything is asked for again"));
        return;
      }
      Engine.this.run(
          () -> {
            waitingNative.decrementAndGet();
            if (own == run && !stopping) Engine.this.message(name, message);
          });
    }

    @Override
    public void closed(String cause) {
      Engine.this.run(() -> lost(own, cause));
    }
  }

  private void onOpen(int own) {
    if (own != run || stopping) return;
    open = true;
    waitMs = FIRST_WAIT_MS;
    startTime = System.currentTimeMillis() / 1000;
    setHealth(true, "connected");
    log.info("Connected to the server");
    opened();
  }

  private void onOpenFailed(int own, Throwable error) {
    if (own != run || stopping) return;
    setHealth(false, "cannot be opened: " + error.getMessage());
    log.warn("The server cannot be opened", "error.type", error.getClass().getSimpleName(), "error.message", JsonLog.shown(String.valueOf(error.getMessage())));
    server.close();
    again();
  }

  private void again() {
    long wait = waitMs / 2 + (long) (Math.random() * waitMs / 2);
    waitMs = Math.min(LAST_WAIT_MS, waitMs * 2);
    later(wait, this::connect);
  }

  private void lost(int own, String cause) {
    if (own != run || stopping) return;
    run++;
    open = false;
    role = null;
    metrics.count("bridge_native_losses_total");
    setHealth(false, "lost: " + cause);
    log.warn("The connection to the server was lost", "error.message", JsonLog.shown(cause));
    for (Pending one : Set.copyOf(pending.values())) one.answer().accept(null, null);
    pending.clear();
    server.close();
    closed();
    // As at the server itself: its connections break, and the clients go to the pair's other server at once.
    for (Client client : Set.copyOf(clients)) client.close();
    again();
  }

  private void setHealth(boolean up, String detail) {
    health = new HealthServer.Dependency("server", up, System.currentTimeMillis(), detail);
  }

  @Override
  public final void closed(String cause) {
    lost(run, cause);
  }

  // Requests to the server

  /** @param answer gets the message's name and attributes, or nulls when no answer came */
  protected int ask(Request request, BiConsumer<String, Map<String, Object>> answer) {
    int id = ++reference;
    try {
      boolean referenced = server.send(request, id);
      pending.put(id, new Pending(request.kind(), request.text(), referenced, System.currentTimeMillis() + ANSWER_MS, answer));
    } catch (Exception error) {
      boolean missing = error instanceof UnsupportedOperationException;
      log.once("request", request.kind() + " " + (missing ? error.getMessage() : error.getClass().getName()), "A request cannot be sent: " + error.getMessage());
      answer.accept("EventError", Map.of("ErrorMessage", missing ? "not supported by this SDK" : "the server cannot be asked"));
    }
    return id;
  }

  /** Gives an answer to who waits for it. @return whether somebody did */
  protected boolean answered(String name, Map<String, Object> attributes) {
    Integer id = attributes.get("ReferenceID") instanceof Number number ? number.intValue() : null;
    Pending waiting = id == null ? null : pending.remove(id);
    if (waiting == null) {
      for (Iterator<Pending> all = pending.values().iterator(); all.hasNext(); ) {
        Pending one = all.next();
        if (one.referenced() || !fits(one, name, attributes)) continue;
        all.remove();
        waiting = one;
        break;
      }
    }
    if (waiting == null) return false;
    waiting.answer().accept(name, attributes);
    return true;
  }

  private static boolean fits(Pending one, String name, Map<String, Object> attributes) {
    Object dn = attributes.get("ThisDN");
    if (dn != null && !one.dn().equals(dn)) return false;
    return switch (one.kind()) {
      case registerAddress -> name.equals("EventRegistered") || name.equals("EventError");
      case unregisterAddress -> name.equals("EventUnregistered") || name.equals("EventError");
      case queryAddress -> name.equals("EventAddressInfo") || name.equals("EventError");
      case queryServer -> name.equals("EventServerInfo") || name.equals("EventError");
      case startMonitoring, stopMonitoring -> name.equals("EventACK") || name.equals("EventError");
      default -> false;
    };
  }

  private void tick() {
    long now = System.currentTimeMillis();
    for (Map.Entry<Integer, Pending> one : Set.copyOf(pending.entrySet()))
      if (one.getValue().until() < now && pending.remove(one.getKey()) != null) one.getValue().answer().accept(null, null);
    for (Map.Entry<Client, Opening> one : Map.copyOf(openings).entrySet())
      if (one.getValue().until() < now) {
        openings.remove(one.getKey());
        refuse(one.getKey(), one.getValue().frame(), NOT_USABLE, "the bridge has no connection to its server");
        one.getKey().close();
      }
    periodic(now);
  }

  // Clients

  public void frame(Client client, Frames.Frame frame) {
    run(() -> onFrame(client, frame));
  }

  public void gone(Client client) {
    run(
        () -> {
          openings.remove(client);
          if (clients.remove(client)) left(client);
          registeredClients = clients.size();
        });
  }

  private void onFrame(Client client, Frames.Frame frame) {
    metrics.count("bridge_requests_total", "message", mapperName(frame.message()));
    if (!clients.contains(client)) {
      if (!openings.containsKey(client)) opening(client, frame);
    } else if (frame.message().equals("RequestRegisterClient")) {
      refuse(client, frame, UNKNOWN, "the client is registered already");
    } else if (frame.referenceId() == null && frame.message().startsWith("Request")) {
      refuse(client, frame, INVALID, "ReferenceID: an integer from 1 is needed");
    } else {
      request(client, frame);
    }
  }

  private static String mapperName(String message) {
    return message.startsWith("Request") ? message : "other";
  }

  private void opening(Client client, Frames.Frame frame) {
    String fault = null;
    int code = INVALID;
    if (!frame.message().equals("RequestRegisterClient")) {
      code = NOT_REGISTERED;
      fault = "the first frame must be RequestRegisterClient";
    } else if (frame.referenceId() == null || frame.text("ApplicationName") == null) {
      fault = "ReferenceID and ApplicationName are needed";
    } else if (!PROTOCOL.equals(frame.text("ProtocolVersion"))) {
      code = VERSION;
      fault = "this bridge speaks " + PROTOCOL;
    } else if (password != null && !same(password, frame.text("ApplicationPassword"))) {
      code = PASSWORD;
      fault = "the application name or password is wrong";
    }
    if (fault != null) {
      refuse(client, frame, code, fault);
      client.close();
      return;
    }
    if (open && role != null) admit(client, frame);
    else openings.put(client, new Opening(frame, System.currentTimeMillis() + OPENING_MS));
  }

  private static boolean same(String left, String right) {
    return right != null
        && java.security.MessageDigest.isEqual(
            left.getBytes(java.nio.charset.StandardCharsets.UTF_8), right.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** The role is known: who waited is let in. */
  protected void admitWaiting() {
    Map<Client, Opening> waiting = new LinkedHashMap<>(openings);
    openings.clear();
    waiting.forEach((client, one) -> admit(client, one.frame()));
  }

  private void admit(Client client, Frames.Frame frame) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ReferenceID", frame.referenceId());
    answer.put("ProtocolVersion", PROTOCOL);
    answer.put("ServerRole", role);
    answer.put("ServerStartTime", startTime);
    clients.add(client);
    registeredClients = clients.size();
    client.send("EventServerConnected", answer);
    admitted(client);
  }

  protected void refuse(Client client, Frames.Frame frame, int code, String sentence) {
    refuse(client, frame.referenceId(), code, sentence, null);
  }

  protected void refuse(Client client, Long referenceId, Object code, String sentence, String dn) {
    Map<String, Object> answer = new LinkedHashMap<>();
    if (referenceId != null) answer.put("ReferenceID", referenceId);
    answer.put("ErrorCode", code);
    answer.put("ErrorMessage", sentence);
    if (dn != null) answer.put("ThisDN", dn);
    client.send("EventError", answer);
  }

  /** Attributes of what a server refused, as they go on to a client. */
  protected void passRefusal(Client client, Long referenceId, Map<String, Object> error, String dn) {
    Object code = error == null ? REFUSED : error.getOrDefault("ErrorCode", REFUSED);
    Object text = error == null ? "the server did not answer" : error.getOrDefault("ErrorMessage", "the server refused");
    refuse(client, referenceId, code, text.toString(), dn);
  }

  protected static Map<String, Object> copy(Map<String, Object> attributes) {
    return new LinkedHashMap<>(attributes);
  }

  protected static <T> Set<T> newSet() {
    return new HashSet<>();
  }

  protected static <K, V> Map<K, V> newMap() {
    return new HashMap<>();
  }

  /** The connection to the server stands. */
  protected abstract void opened();

  /** It was lost; clients are closed by the caller. */
  protected abstract void closed();

  /** A client is registered; EventServerConnected has been sent. */
  protected abstract void admitted(Client client);

  /** A request with a reference number of a registered client, or a frame that is no request. */
  protected abstract void request(Client client, Frames.Frame frame);

  protected abstract void left(Client client);

  protected abstract void periodic(long now);
}
