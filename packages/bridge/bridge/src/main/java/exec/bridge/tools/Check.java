package exec.bridge.tools;

import exec.bridge.config.BridgeConfig;
import exec.bridge.mapping.Mapper;
import exec.bridge.mapping.MappingTable;
import exec.bridge.sdk.NativeServer;
import exec.bridge.sdk.NativeServer.Kind;
import exec.bridge.sdk.NativeServer.Request;
import exec.bridge.stat.StatEngine;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at a live server as the bridge would, step by step, and prints what it says with every value masked. It only
 * reads: share mode, one number, one queue, monitoring on and off, one agent; what it opened it closes. Each step ends in
 * time, whatever the server does.
 */
public final class Check {
  /**
   * @param dn and {@code queue} of a T-Server
   * @param agent employee ID, with {@code tenant} and its password, of a Stat Server
   * @param stepMs longest wait for one answer
   * @param listenMs how long calls, or changes of the agent, are watched
   */
  public record Plan(String dn, String queue, String agent, String tenant, String tenantPassword, long stepMs, long listenMs) {}

  private record Message(String name, Object message) {}

  /** Messages that are kept while nobody looks; more are only counted. */
  private static final int INBOX = 10_000;
  /** Messages that are shown of one watch. */
  private static final int SHOWN = 200;
  /** A Stat Server that says nothing about its mode for so long is primary. */
  private static final long MODE_MS = 1_500;

  private final PrintStream out;
  private final NativeServer server;
  private final Mapper mapper;
  private final Masked masked;
  private final Plan plan;
  private final BlockingQueue<Message> inbox = new LinkedBlockingQueue<>(INBOX);
  private int reference;
  private int failed;
  private int warned;
  private volatile String lost;
  private volatile int overflowed;

  private Check(PrintStream out, NativeServer server, MappingTable table, Plan plan) {
    this.out = out;
    this.server = server;
    this.plan = plan;
    masked = new Masked(server.values());
    Set<String> told = new HashSet<>();
    mapper =
        new Mapper(table, server.values(), (kind, subject) -> {
          if (told.add(kind + subject)) out.println("      the mapping does not know " + kind + " " + Masked.sentence(subject));
        });
  }

  /** @return 0 when every step went well, else 1 */
  public static int run(PrintStream out, BridgeConfig.Side side, NativeServer server, MappingTable table, Plan plan) {
    Check check = new Check(out, server, table, plan);
    try {
      if (check.open()) {
        if (side == BridgeConfig.Side.tserver) check.voice();
        else check.statistics();
      }
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      check.fail("interrupted");
    } finally {
      check.bounded("closing", () -> {
        server.close();
        return null;
      });
    }
    if (check.overflowed > 0) check.warn(check.overflowed + " messages came faster than they could be looked at");
    out.println((check.failed == 0 ? "the check went well" : check.failed + " of its steps failed") + (check.warned == 0 ? "" : ", " + check.warned + " warnings"));
    return check.failed == 0 ? 0 : 1;
  }

  // Steps

  private boolean open() {
    boolean opened =
        bounded("opening", () -> {
          server.open(
              new NativeServer.Listener() {
                @Override
                public void message(String name, Object message) {
                  if (!inbox.offer(new Message(name, message))) overflowed += 1;
                }

                @Override
                public void closed(String cause) {
                  lost = cause;
                }
              });
          return null;
        });
    if (opened) ok("the connection is open");
    return opened;
  }

  private void voice() throws InterruptedException {
    Message info = ask("role", Request.of(Kind.queryServer), "EventServerInfo");
    if (info != null && info.name().equals("EventServerInfo")) {
      Object role = mapper.attributes("EventServerInfo", info.message()).get("ServerRole");
      if (role == null) warn("the role cannot be read: the server would be taken as primary");
      else ok("its role is " + role);
    }
    boolean dn = step("register the number", Request.of(Kind.registerAddress, plan.dn(), "DN"), "EventRegistered");
    boolean queue = step("register the queue", Request.of(Kind.registerAddress, plan.queue(), "Queue"), "EventRegistered");
    if (dn) step("ask for the number again, as for a second client", Request.of(Kind.queryAddress, plan.dn(), "DN"), "EventAddressInfo");
    if (step("start call monitoring", Request.of(Kind.startMonitoring), "EventACK")) {
      watch("calls");
      step("stop call monitoring", Request.of(Kind.stopMonitoring), "EventACK");
    }
    if (dn) step("unregister the number", Request.of(Kind.unregisterAddress, plan.dn(), ""), "EventUnregistered");
    if (queue) step("unregister the queue", Request.of(Kind.unregisterAddress, plan.queue(), ""), "EventUnregistered");
  }

  private void statistics() throws InterruptedException {
    Message mode = next(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MODE_MS), "EventServerMode");
    if (mode == null) {
      warn("no word about its mode: it is taken as primary");
    } else {
      show(mode);
      Object value = server.values().get(mode.message(), "IntValue");
      if (value instanceof Number number) ok("its role is " + (number.intValue() == 0 ? "Backup" : "Primary"));
      else warn("its mode cannot be read");
    }
    for (String subject : List.of("DNStatus", "DNAction")) {
      Request request = new Request(Kind.openStatistic, plan.agent(), subject, plan.tenant(), plan.tenantPassword(), 0);
      if (!step("open the statistic " + subject, request, "EventStatisticOpened", "EventInfo")) continue;
      int number = reference;
      if (subject.equals("DNAction")) watch("changes of the agent");
      // Some servers answer it with another reference: nobody waits.
      bounded("closing the statistic", () -> server.send(new Request(Kind.closeStatistic, "", "", "", "", number), ++reference));
    }
  }

  private boolean step(String what, Request request, String... answers) throws InterruptedException {
    Message answer = ask(what, request, answers);
    if (answer == null || answer.name().equals("EventError")) return false;
    ok(what);
    return true;
  }

  /** Null when nothing came or the request cannot be sent, which is told. */
  private Message ask(String what, Request request, String... answers) throws InterruptedException {
    int id = ++reference;
    boolean[] referenced = new boolean[1];
    if (!bounded(what, () -> referenced[0] = server.send(request, id))) return null;
    if (!referenced[0]) out.println("      (this SDK sets no reference number: answers are told apart by name)");
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(plan.stepMs());
    for (;;) {
      Message message = next(until);
      if (message == null) {
        fail(what + ": " + (lost == null ? "no answer in " + plan.stepMs() + " ms" : "the connection was lost: " + Masked.sentence(lost)));
        return null;
      }
      show(message);
      boolean error = message.name().equals("EventError");
      if (!error && !List.of(answers).contains(message.name())) continue;
      if (referenced[0] && referenceOf(message) instanceof Number number && number.intValue() != id) continue;
      if (error) fail(what + ": " + Masked.sentence(String.valueOf(mapper.attributes("EventError", message.message()).getOrDefault("ErrorMessage", "refused without a word"))));
      return message;
    }
  }

  private Object referenceOf(Message message) {
    return message.name().equals("EventInfo") || !mapper.table().knows(message.name())
        ? server.values().get(message.message(), "ReferenceId")
        : mapper.attributes(message.name(), message.message()).get("ReferenceID");
  }

  private void watch(String what) throws InterruptedException {
    out.println("   .. watching " + what + " for " + plan.listenMs() / 1000.0 + " s");
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(plan.listenMs());
    int seen = 0;
    for (Message message = next(until); message != null; message = next(until)) {
      seen += 1;
      if (seen <= SHOWN) show(message);
    }
    if (lost != null) fail("the connection was lost while watching: " + Masked.sentence(lost));
    else if (seen == 0) warn("nothing came meanwhile: make a call, or change the agent's state, while it watches");
    else ok(seen + " messages came" + (seen > SHOWN ? ", the first " + SHOWN + " are shown" : ""));
  }

  /** The next message, or the next of one name; null at the end of the time or when the connection is gone. */
  private Message next(long untilNanos, String... names) throws InterruptedException {
    for (;;) {
      long left = untilNanos - System.nanoTime();
      Message message = inbox.poll(Math.max(0, Math.min(left, TimeUnit.MILLISECONDS.toNanos(100))), TimeUnit.NANOSECONDS);
      if (message != null && (names.length == 0 || List.of(names).contains(message.name()))) return message;
      if (message != null) show(message);
      else if (left <= 0 || lost != null) return null;
    }
  }

  // Within a time, on a thread that may hang without harm

  private interface Work {
    Object run() throws Exception;
  }

  /** @return whether it ended in time and well; otherwise the fault is told */
  private boolean bounded(String what, Work work) {
    CompletableFuture<Object> done = new CompletableFuture<>();
    Thread thread =
        new Thread(() -> {
          try {
            done.complete(work.run());
          } catch (Throwable error) {
            done.completeExceptionally(error);
          }
        }, "check");
    thread.setDaemon(true);
    thread.start();
    try {
      done.get(plan.stepMs(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException error) {
      fail(what + ": not done in " + plan.stepMs() + " ms");
    } catch (ExecutionException error) {
      fail(what + ": " + error.getCause().getClass().getSimpleName() + ": " + Masked.sentence(String.valueOf(error.getCause().getMessage())));
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
      fail(what + ": interrupted");
    }
    return false;
  }

  // What is said

  private void ok(String what) {
    out.println("ok    " + what);
  }

  private void warn(String what) {
    warned += 1;
    out.println("warn  " + what);
  }

  private void fail(String what) {
    failed += 1;
    out.println("FAIL  " + what);
  }

  /** Every attribute that the mapping asks for and is there, then what else the message has. */
  private void show(Message message) {
    out.println("   <  " + Masked.sentence(message.name()) + (mapper.table().knows(message.name()) ? "" : " (not in the mapping)"));
    Map<String, Object> rest = server.values().all(message.message());
    Set<String> read = new HashSet<>();
    for (MappingTable.Row row : mapper.table().rowsOf(message.name()))
      for (String spelling : row.spellings()) {
        Object value = spelling.contains("/") ? null : server.values().get(message.message(), spelling);
        if (value == null || !read.add(spelling)) continue;
        rest.keySet().removeIf(spelling::equalsIgnoreCase);
        out.println("      " + spelling + " -> " + row.link() + ": " + shown(row, value));
        break;
      }
    rest.forEach((name, value) -> {
      if (value != null && !name.equals("StateValue")) out.println("      " + name + ", not mapped: " + masked.value(value));
    });
    if (!message.name().equals("EventInfo")) return;
    Object value = server.values().get(message.message(), "StateValue");
    if (value == null) out.println("      StateValue: null");
    else out.println("      ObjectValue: " + maskedTree(StatEngine.objectValue(mapper, value, "DNAction"), ""));
  }

  private String shown(MappingTable.Row row, Object value) {
    String type = value.getClass().getSimpleName() + " ";
    return switch (row.type()) {
      // What is neither of a person nor of a call.
      case "int", "seconds", "party-state" -> server.values().enumName(value) != null ? masked.value(value) : type + Masked.number(value);
      case "enum" -> value instanceof Number number ? type + number : masked.value(value);
      case "text" -> row.link().equals("ErrorMessage") ? type + Masked.sentence(String.valueOf(value)) : masked.value(value);
      default -> masked.value(value);
    };
  }

  /** Statuses and times of the tree as they are, everything else masked. */
  private static String maskedTree(Object value, String key) {
    if (value instanceof Map<?, ?> map) {
      StringBuilder text = new StringBuilder("{");
      map.forEach((name, one) -> text.append(text.length() > 1 ? ", " : "").append(name).append(": ").append(maskedTree(one, (String) name)));
      return text.append('}').toString();
    }
    if (value instanceof List<?> list) return list.stream().map(one -> maskedTree(one, key)).toList().toString();
    if (value == null || List.of("Status", "Action", "Time").contains(key)) return String.valueOf(value);
    return Masked.text(value.toString());
  }
}
