package exec.bridge.link;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Cuts a stream into lines of UTF-8 within a fixed amount of memory. */
final class LineReader {
  /** A line that is too long or not UTF-8. */
  static final class BadLine extends IOException {
    private static final long serialVersionUID = 1;
    final transient byte[] bytes;

    BadLine(String fault, byte[] bytes) {
      super(fault);
      this.bytes = bytes;
    }
  }

  private final InputStream in;
  private final Runnable heard;
  private byte[] chunk = new byte[16_384];
  private int from;
  private int to;
  private byte[] pending = new byte[0];
  private int length;
  private long lineOffset;

  /** @param heard called whenever bytes have arrived */
  LineReader(InputStream in, Runnable heard) {
    this.in = in;
    this.heard = heard;
  }

  /** Position in the stream of the line that is read next or was bad. */
  long offset() {
    return lineOffset;
  }

  /** Null at the end of the stream. */
  String next() throws IOException {
    for (;;) {
      int newline = from;
      while (newline < to && chunk[newline] != '\n') newline++;
      if (length + newline - from > Frames.MAX_LINE + 1) throw bad("too-long", newline);
      if (newline < to) {
        append(from, newline);
        from = newline + 1;
        return line();
      }
      append(from, to);
      from = 0;
      to = in.read(chunk);
      if (to < 0) return null;
      heard.run();
    }
  }

  private String line() throws BadLine {
    int size = length > 0 && pending[length - 1] == '\r' ? length - 1 : length;
    if (size > Frames.MAX_LINE) throw new BadLine("too-long", Arrays.copyOf(pending, length));
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(pending, 0, size))
              .toString();
      lineOffset += length + 1;
      length = 0;
      if (pending.length > 65_536) pending = new byte[0];
      return text;
    } catch (CharacterCodingException error) {
      throw new BadLine("not-utf8", Arrays.copyOf(pending, length));
    }
  }

  private BadLine bad(String fault, int end) {
    append(from, Math.min(end, from + Frames.MAX_LINE + 2 - length));
    return new BadLine(fault, Arrays.copyOf(pending, length));
  }

  private void append(int begin, int end) {
    int more = end - begin;
    if (more <= 0) return;
    if (length + more > pending.length)
      pending = Arrays.copyOf(pending, Math.max(length + more, Math.min(pending.length * 2, Frames.MAX_LINE + 2)));
    System.arraycopy(chunk, begin, pending, length, more);
    length += more;
  }
}
