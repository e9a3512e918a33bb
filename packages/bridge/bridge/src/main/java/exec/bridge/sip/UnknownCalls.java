package exec.bridge.sip;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Live calls that a server names, in a snapshot or an event, but has never told. While there is one, that it does not name
 * a call proves nothing; when the last one has ended, the model of the bridge is complete again.
 */
final class UnknownCalls {
  /** More are not kept apart: then there are some in any case. */
  private static final int MOST = 100_000;

  /** By connection ID with the number whose snapshot named it, or by CallUUID with no number. */
  private final Map<String, String> numbers = new HashMap<>();

  /** A new snapshot of a number stands for the one before. */
  void beginSnapshot(String dn) {
    numbers.values().removeIf(dn::equals);
  }

  void inSnapshot(String dn, String connId) {
    if (numbers.size() < MOST) numbers.put(connId, dn);
  }

  void inEvent(String uuid) {
    if (numbers.size() < MOST) numbers.put(uuid, "");
  }

  void ended(Object uuid, Object connId) {
    numbers.remove(uuid);
    numbers.remove(connId);
  }

  private void forgetKnown(CallModel model) {
    numbers.entrySet().removeIf(one -> !one.getValue().isEmpty() && model.knows(one.getKey()));
  }

  boolean any(CallModel model) {
    forgetKnown(model);
    return !numbers.isEmpty();
  }

  /** Numbers whose snapshots name a call that the model does not know: asked again, they may no longer. */
  Set<String> numbers(CallModel model) {
    forgetKnown(model);
    Set<String> found = new TreeSet<>(numbers.values());
    found.remove("");
    return found;
  }

  void clear() {
    numbers.clear();
  }
}
