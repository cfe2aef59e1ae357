package org.facetdb.plugin.sample;

import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Three successive UTF-16 units of a text as one number: {@code first << 32 | second << 16 |
 * third}.
 */
final class Trigrams {
  private Trigrams() {}

  /** The trigrams of a text, ascending, each once; none of a text of fewer than three units. */
  static long[] of(String text) {
    return of(List.of(text));
  }

  /** The trigrams of several texts together. */
  static long[] of(Collection<String> texts) {
    return texts.stream().flatMapToLong(Trigrams::stream).sorted().distinct().toArray();
  }

  private static LongStream stream(String text) {
    return LongStream.range(0, Math.max(0, text.length() - 2))
        .map(
            i ->
                (long) text.charAt((int) i) << 32
                    | (long) text.charAt((int) i + 1) << 16
                    | text.charAt((int) i + 2));
  }
}
