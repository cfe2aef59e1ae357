package org.facetdb.sql.function;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.facetdb.spi.DatabaseException;

/**
 * A LIKE pattern over UTF-8: literal runs between {@code %}, where {@code _} stands for one
 * character. Immutable and thread-safe.
 */
public final class LikePattern {
  /** In a run: one character of any kind. Never a byte of UTF-8. */
  private static final byte ANY = (byte) 0xff;

  private final byte[][] runs;
  private final boolean anchoredStart;
  private final boolean anchoredEnd;
  private final boolean plain;
  private final boolean foldCase;

  private LikePattern(List<byte[]> runs, boolean anchoredStart, boolean anchoredEnd, boolean fold) {
    this.runs = runs.toArray(byte[][]::new);
    this.anchoredStart = anchoredStart;
    this.anchoredEnd = anchoredEnd;
    this.foldCase = fold;
    boolean noWildcard = true;
    for (byte[] run : this.runs) {
      for (byte b : run) {
        noWildcard &= b != ANY;
      }
    }
    this.plain = noWildcard;
  }

  /**
   * Reads a pattern.
   *
   * @param escape one character, or empty for none
   * @throws DatabaseException 22025 if the pattern ends with the escape, 22019 for a longer escape
   */
  public static LikePattern of(String pattern, String escape, boolean foldCase) {
    if (escape.codePointCount(0, escape.length()) > 1) {
      throw DatabaseException.user("22019", "invalid escape string")
          .withHint("Escape string must be empty or one character.");
    }
    int mark = escape.isEmpty() ? -1 : escape.codePointAt(0);
    String text = foldCase ? pattern.toLowerCase(Locale.ROOT) : pattern;
    List<byte[]> runs = new ArrayList<>();
    ByteArrayOutputStream run = new ByteArrayOutputStream();
    boolean start = true;
    boolean end = true;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      end = true;
      if (c == mark) {
        if (i >= text.length()) {
          throw DatabaseException.user("22025", "LIKE pattern must not end with escape character");
        }
        c = text.codePointAt(i);
        i += Character.charCount(c);
        append(run, c);
      } else if (c == '%') {
        if (run.size() > 0) {
          runs.add(run.toByteArray());
          run.reset();
        } else if (runs.isEmpty()) {
          start = false;
        }
        end = false;
      } else if (c == '_') {
        run.write(ANY);
      } else {
        append(run, c);
      }
    }
    if (run.size() > 0) {
      runs.add(run.toByteArray());
    }
    return new LikePattern(runs, start, end, foldCase);
  }

  private static void append(ByteArrayOutputStream run, int codePoint) {
    run.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
  }

  /** Whether the bytes [offset, offset + length) match. */
  public boolean matches(byte[] data, int offset, int length) {
    if (foldCase) {
      byte[] folded =
          new String(data, offset, length, StandardCharsets.UTF_8)
              .toLowerCase(Locale.ROOT)
              .getBytes(StandardCharsets.UTF_8);
      return matchRuns(folded, 0, folded.length);
    }
    return matchRuns(data, offset, offset + length);
  }

  private boolean matchRuns(byte[] data, int from, int to) {
    if (runs.length == 0) {
      return !anchoredStart || from == to;
    }
    int at = from;
    int first = 0;
    int last = runs.length;
    if (anchoredStart) {
      at = matchAt(runs[0], data, from, to);
      if (at < 0) {
        return false;
      }
      first = 1;
      if (last == 1) {
        return !anchoredEnd || at == to;
      }
    }
    if (anchoredEnd) {
      last--;
    }
    for (int r = first; r < last; r++) {
      at = find(runs[r], data, at, to);
      if (at < 0) {
        return false;
      }
    }
    return !anchoredEnd || matchesEnd(runs[runs.length - 1], data, at, to);
  }

  /** Where the run ends if it stands at {@code at}, -1 otherwise. */
  private static int matchAt(byte[] run, byte[] data, int at, int to) {
    int i = at;
    for (byte b : run) {
      if (i >= to) {
        return -1;
      }
      if (b == ANY) {
        i = next(data, i, to);
      } else if (data[i++] != b) {
        return -1;
      }
    }
    return i;
  }

  private static int next(byte[] data, int at, int to) {
    int i = at + 1;
    while (i < to && (data[i] & 0xc0) == 0x80) {
      i++;
    }
    return i;
  }

  private static int find(byte[] run, byte[] data, int from, int to) {
    byte lead = run[0];
    for (int i = from; i < to; i++) {
      if (lead == ANY ? (data[i] & 0xc0) != 0x80 : data[i] == lead) {
        int end = matchAt(run, data, i, to);
        if (end >= 0) {
          return end;
        }
      }
    }
    return -1;
  }

  private boolean matchesEnd(byte[] run, byte[] data, int from, int to) {
    if (plain) {
      int start = to - run.length;
      return start >= from && Arrays.equals(run, 0, run.length, data, start, to);
    }
    for (int i = from; i < to; i++) {
      if ((data[i] & 0xc0) != 0x80 && matchAt(run, data, i, to) == to) {
        return true;
      }
    }
    return false;
  }
}
