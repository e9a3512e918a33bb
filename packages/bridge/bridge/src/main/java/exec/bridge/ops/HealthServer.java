package exec.bridge.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** {@code /health/live}, {@code /health/ready} and {@code /metrics} over plain HTTP; reading only. */
public final class HealthServer {
  /** @param up whether the dependency is as it should be; {@code since} in Unix milliseconds */
  public record Dependency(String name, boolean up, long since, String detail) {}

  private final HttpServer server;
  private final ExecutorService threads;

  /** @throws IOException when the address cannot be listened at */
  public HealthServer(InetSocketAddress address, Metrics metrics, Supplier<Dependency> dependency) throws IOException {
    server = HttpServer.create(address, 16);
    threads =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "http");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, 404, "text/plain", "not found\n"));
    server.createContext("/health/live", exchange -> answer(exchange, 200, "application/json", "{\"status\":\"up\"}\n"));
    server.createContext(
        "/health/ready",
        exchange -> {
          Dependency found = dependency.get();
          answer(exchange, found.up() ? 200 : 503, "application/json", ready(found));
        });
    server.createContext(
        "/metrics",
        exchange -> answer(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.render()));
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static String ready(Dependency one) {
    return "{\"ready\":" + one.up() + ",\"status\":\"" + (one.up() ? "up" : "down") + "\",\"dependencies\":[{\"name\":\"" + one.name()
        + "\",\"up\":" + one.up() + ",\"since\":\"" + java.time.Instant.ofEpochMilli(one.since())
        + "\",\"detail\":\"" + one.detail().replaceAll("[\"\\\\\\p{Cntrl}]", " ") + "\"}]}\n";
  }

  private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
    try (exchange) {
      boolean reads = exchange.getRequestMethod().equals("GET") || exchange.getRequestMethod().equals("HEAD");
      byte[] bytes = (reads ? body : "only GET\n").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", type);
      exchange.sendResponseHeaders(reads ? status : 405, exchange.getRequestMethod().equals("HEAD") ? -1 : bytes.length);
      if (!exchange.getRequestMethod().equals("HEAD")) exchange.getResponseBody().write(bytes);
    }
  }
}
