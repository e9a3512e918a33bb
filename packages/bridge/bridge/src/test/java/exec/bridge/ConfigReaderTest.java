package exec.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import exec.bridge.config.BridgeConfig;
import exec.bridge.config.ConfigException;
import exec.bridge.config.ConfigReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
  @TempDir Path folder;

  private BridgeConfig read(String text) throws Exception {
    return ConfigReader.read(Files.writeString(folder.resolve("c"), text));
  }

  @Test
  void everyFaultIsToldAtOnce() {
    ConfigException error =
        assertThrows(ConfigException.class, () -> read("side=sipserver\nserver=host\nlisten.tls=yes\nlink.queue-frame=7\nclient.password.file=/none\n"));
    List<String> names = error.faults().stream().map(fault -> fault.split(":")[0]).sorted().toList();
    assertEquals(List.of("client.name", "client.password.file", "link.queue-frame", "listen.tls", "server", "side"), names);
  }

  @Test
  void theDefaultPortIsThatOfTheServerItStandsFor() throws Exception {
    assertEquals(2060, read("side=statserver\nserver=h:1\nclient.name=x\n").listen().port());
    assertEquals(8000, read("side=tserver\nserver=h:1\nclient.name=x\n").listen().port());
  }
}
