package exec.bridge;

import exec.bridge.config.BridgeConfig;
import exec.bridge.config.ConfigException;
import exec.bridge.config.ConfigReader;
import exec.bridge.config.Secrets;
import exec.bridge.config.Tls;
import exec.bridge.link.Engine;
import exec.bridge.link.LinkServer;
import exec.bridge.mapping.Mapper;
import exec.bridge.mapping.MappingTable;
import exec.bridge.ops.HealthServer;
import exec.bridge.ops.JsonLog;
import exec.bridge.ops.Metrics;
import exec.bridge.sdk.NativeServer;
import exec.bridge.sdk.SdkServer;
import exec.bridge.sip.SipEngine;
import exec.bridge.stat.StatEngine;
import exec.bridge.tools.Check;
import exec.bridge.tools.Describe;
import exec.bridge.tools.SelfTest;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;

/** The commands of the bridge. */
public final class Main {
  private static final int OK = 0, FAULT = 1, USE = 2, CONFIG = 78;
  private static final List<String> COMMANDS = List.of("run", "check", "describe", "selftest");
  private static final List<String> CHECK_OPTIONS = List.of("--config", "--dn", "--queue", "--agent", "--tenant", "--tenant-password-file", "--seconds");
  private static final long CHECK_STEP_MS = 10_000;
  private static final String HELP =
      """
      usage: bridge run --config FILE     stand before the server that FILE names
             bridge check --config FILE --dn NUMBER --queue NUMBER [--seconds N]          at a T-Server
             bridge check --config FILE --agent EMPLOYEE --tenant NAME [--tenant-password-file FILE] [--seconds N]
                                          looks at the live server, only reading; every value is masked
             bridge describe              what the SDK's jars have, against the mapping; needs no server
             bridge selftest [SCENARIO]   events of every recorded call flow, made with the SDK's classes, mapped, compared; needs no server
             bridge --help | --version

      exit codes: 0 stopped on request, or nothing to report; 1 fault, failed step, or difference; 2 wrong use; 3 selftest: no difference,
      but these jars do not let everything be tested; 78 configuration
      """;

  private Main() {}

  public static void main(String[] args) {
    int code = command(args);
    // Threads of the SDK may live on.
    if (code >= 0) System.exit(code);
  }

  private static int command(String[] args) {
    String first = args.length == 0 ? "" : args[0];
    if (first.equals("--version")) {
      System.out.println(version());
      return OK;
    }
    if (List.of(args).contains("--help")) {
      System.out.print(HELP);
      return OK;
    }
    try {
      if (first.equals("describe") && args.length == 1) return Describe.print(System.out, MappingTable.builtIn());
      if (first.equals("selftest") && args.length <= 2) return selftest(args.length == 2 ? args[1] : "");
      if (first.equals("check")) {
        Map<String, String> options = options(args);
        if (options != null) return check(options);
      }
      if (first.equals("run") && args.length == 3 && args[1].equals("--config")) return run(Path.of(args[2]));
    } catch (LinkageError error) {
      System.err.println("The Platform SDK is not on the class path, or is another than the bridge was built with: " + error);
      return FAULT;
    }
    String nearest = COMMANDS.stream().min(Comparator.comparingInt(known -> ConfigReader.distance(known, first))).orElseThrow();
    System.err.print(COMMANDS.contains(first) ? "bridge " + first + ": wrong options\n" : "no command \"" + first + "\", nearest is \"" + nearest + "\"\n");
    System.err.print(HELP);
    return USE;
  }

  /** Options and their values after the command; null when there is another one, or one without a value. */
  private static Map<String, String> options(String[] args) {
    Map<String, String> found = new HashMap<>();
    for (int index = 1; index < args.length; index += 2) {
      if (!CHECK_OPTIONS.contains(args[index]) || index + 1 == args.length) return null;
      found.put(args[index], args[index + 1]);
    }
    return found.containsKey("--config") ? found : null;
  }

  private static int check(Map<String, String> options) {
    BridgeConfig config;
    String tenantPassword;
    int seconds;
    try {
      config = ConfigReader.read(Path.of(options.get("--config")));
      if (config.serverTls()) Tls.context(config.serverTlsFiles());
      tenantPassword = Secrets.read(Optional.ofNullable(options.get("--tenant-password-file")).map(Path::of));
      seconds = Integer.parseInt(options.getOrDefault("--seconds", "10"));
    } catch (ConfigException error) {
      error.faults().forEach(System.err::println);
      return CONFIG;
    } catch (NumberFormatException error) {
      System.err.println("--seconds: a whole number is needed");
      return USE;
    } catch (Exception error) {
      System.err.println("A TLS or password file cannot be used: " + error.getMessage());
      return CONFIG;
    }
    List<String> needed = config.side() == BridgeConfig.Side.tserver ? List.of("--dn", "--queue") : List.of("--agent", "--tenant");
    for (String option : needed)
      if (!options.containsKey(option)) {
        System.err.println(option + ": needed for the side " + config.side());
        return USE;
      }
    if (seconds < 0 || seconds > 600) {
      System.err.println("--seconds: at most 600");
      return USE;
    }
    JsonLog log = new JsonLog(System.err, JsonLog.Level.warn, config.server().toString());
    Check.Plan plan =
        new Check.Plan(
            options.get("--dn"), options.get("--queue"), options.get("--agent"), options.get("--tenant"), tenantPassword == null ? "" : tenantPassword,
            Math.max(CHECK_STEP_MS, config.openTimeoutMs() + 1_000L), seconds * 1_000L);
    System.out.println("bridge " + version() + ", " + Describe.sdk() + ", side " + config.side());
    return Check.run(System.out, config.side(), new SdkServer(config, log), MappingTable.builtIn(), plan);
  }

  private static int selftest(String scenario) {
    System.out.println("bridge " + version() + ", " + Describe.sdk());
    try {
      return SelfTest.run(System.out, MappingTable.builtIn(), scenario, Map.of());
    } catch (IllegalArgumentException error) {
      System.err.println(error.getMessage());
      return USE;
    }
  }

  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static int run(Path file) {
    BridgeConfig config;
    SSLContext tls;
    String password;
    try {
      config = ConfigReader.read(file);
      tls = config.listenTls() ? Tls.context(config.listenTlsFiles()) : null;
      if (config.serverTls()) Tls.context(config.serverTlsFiles());
      password = Secrets.read(config.linkPasswordFile());
      Secrets.read(config.clientPasswordFile());
    } catch (ConfigException error) {
      error.faults().forEach(System.err::println);
      return CONFIG;
    } catch (Exception error) {
      System.err.println("A TLS or password file cannot be used: " + error.getMessage());
      return CONFIG;
    }
    JsonLog log = new JsonLog(System.out, JsonLog.Level.valueOf(config.logLevel()), config.server().toString());
    try {
      start(config, tls, password, log);
      return -1;
    } catch (java.io.IOException error) {
      log.error("The bridge cannot listen", error, "exec.listen", config.listen().toString(), "exec.http", config.http().toString());
      return FAULT;
    }
  }

  private static void start(BridgeConfig config, SSLContext tls, String password, JsonLog log) throws java.io.IOException {
    Metrics metrics = new Metrics(version(), config.side().name());
    NativeServer server = new SdkServer(config, log);
    Mapper mapper =
        new Mapper(
            MappingTable.builtIn(),
            server.values(),
            (kind, subject) -> {
              metrics.count("bridge_unknown_names_total", "kind", kind);
              log.once(kind, subject, "The mapping does not know this; it is passed on as it is");
            });
    Engine engine =
        config.side() == BridgeConfig.Side.tserver
            ? new SipEngine(server, mapper, password, config.nativeQueue(), config.registrationWindow(), config.replay(), log, metrics)
            : new StatEngine(server, mapper, password, config.nativeQueue(), log, metrics);
    LinkServer link = new LinkServer(config, tls, log, metrics, engine::frame, engine::gone);
    HealthServer http = new HealthServer(config.http().socket(), metrics, engine::health);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(link, engine, http, log, stopped), "stop"));
    link.start();
    engine.start();
    log.info("Started", "exec.side", config.side().name(), "exec.link_port", link.port(), "exec.http_port", http.port(), "service.version", version());
    try {
      stopped.await();
    } catch (InterruptedException error) {
      Thread.currentThread().interrupt();
    }
  }

  private static void stop(LinkServer link, Engine engine, HealthServer http, JsonLog log, CountDownLatch stopped) {
    log.info("Stopping");
    link.close();
    engine.stop();
    link.destroy();
    http.close();
    stopped.countDown();
    // The JVM would say 143 after SIGTERM; being stopped is no failure.
    Runtime.getRuntime().halt(OK);
  }
}
