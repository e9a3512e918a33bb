package exec.sdkdouble;

import java.io.IOException;

/** Runs the bridge for a test: ends at once when the standard input does, so that no test leaves one behind. */
public final class EndWithCaller {
  private EndWithCaller() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    Thread watch = new Thread(EndWithCaller::untilTheInputEnds, "caller");
    watch.setDaemon(true);
    watch.start();
    Class.forName("exec.bridge.Main").getMethod("main", String[].class).invoke(null, (Object) args);
  }

  private static void untilTheInputEnds() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said over it.
      }
    } catch (IOException error) {
      // It has ended.
    }
    Runtime.getRuntime().halt(1);
  }
}
