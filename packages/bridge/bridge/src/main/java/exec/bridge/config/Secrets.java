package exec.bridge.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Passwords lie in files, so that no listing of processes or environments shows them. */
public final class Secrets {
  private Secrets() {}

  /** The first line without what ends it; null without a file. */
  public static String read(Optional<Path> file) throws IOException {
    if (file.isEmpty()) return null;
    return Files.readString(file.get(), StandardCharsets.UTF_8).lines().findFirst().orElse("");
  }
}
