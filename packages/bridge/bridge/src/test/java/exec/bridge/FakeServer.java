package exec.bridge;

import exec.bridge.mapping.NativeValues;
import exec.bridge.sdk.NativeServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** A server whose messages are maps; a test says how it answers. */
class FakeServer implements NativeServer {
  /** A constant of an enumeration, as the SDK has them. */
  record Constant(String name, int number) {}

  /** A key-value list. */
  record Pairs(List<NativeValues.Pair> list) {}

  /** A time stamp. */
  record Stamp(long seconds, long micros) {}

  final List<Request> requests = new CopyOnWriteArrayList<>();
  volatile BiConsumer<Request, Integer> answers = (request, reference) -> {};
  volatile Listener listener;
  volatile boolean refuses;

  static Map<String, Object> of(Object... pairs) {
    Map<String, Object> map = new HashMap<>();
    for (int index = 0; index < pairs.length; index += 2) map.put((String) pairs[index], pairs[index + 1]);
    return map;
  }

  static Pairs pairs(Object... pairs) {
    List<NativeValues.Pair> list = new ArrayList<>();
    for (int index = 0; index < pairs.length; index += 2) list.add(new NativeValues.Pair((String) pairs[index], pairs[index + 1]));
    return new Pairs(list);
  }

  void tell(String name, Object... pairs) {
    listener.message(name, of(pairs));
  }

  @Override
  public void open(Listener listener) throws Exception {
    if (refuses) throw new Exception("refused");
    this.listener = listener;
  }

  @Override
  public boolean send(Request request, int reference) {
    requests.add(request);
    answers.accept(request, reference);
    return true;
  }

  @Override
  public void close() {}

  @Override
  public NativeValues values() {
    return VALUES;
  }

  static final NativeValues VALUES =
      new NativeValues() {
        @Override
        public Object get(Object source, String spelling) {
          return source instanceof Map<?, ?> map ? map.get(spelling) : null;
        }

        @Override
        public Map<String, Object> all(Object source) {
          Map<String, Object> found = new TreeMap<>();
          if (source instanceof Map<?, ?> map) map.forEach((key, value) -> found.put((String) key, value));
          return found;
        }

        @Override
        public String enumName(Object value) {
          return value instanceof Constant constant ? constant.name() : null;
        }

        @Override
        public Integer enumNumber(Object value) {
          return value instanceof Constant constant ? Integer.valueOf(constant.number()) : null;
        }

        @Override
        public boolean isConnectionId(Object value) {
          return false;
        }

        @Override
        public List<Pair> pairs(Object value) {
          return value instanceof Pairs pairs ? pairs.list() : null;
        }

        @Override
        public long[] time(Object value) {
          return value instanceof Stamp stamp ? new long[] {stamp.seconds(), stamp.micros()} : null;
        }

        @Override
        public List<Object> items(Object value) {
          return value instanceof List<?> list ? new ArrayList<Object>(list) : null;
        }

        @Override
        public String statusName(int number) {
          return null;
        }
      };
}
