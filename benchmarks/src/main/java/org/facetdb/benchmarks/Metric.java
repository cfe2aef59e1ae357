package org.facetdb.benchmarks;

import java.util.Locale;
import java.util.Set;

/**
 * One measured figure beside its peer's, medians of the rounds.
 *
 * @param metric what was measured
 * @param unit of both values: {@code ops/s} and the like are better when larger, {@code ms}, {@code
 *     us}, {@code x} (amplification), {@code MB} and {@code files} when smaller
 * @param peer name and version, or what else stands beside ours
 */
public record Metric(String metric, String unit, double ours, String peer, double peerValue) {
  /** Units of which less is better; {@code x} is for amplification. */
  private static final Set<String> LESS_IS_BETTER = Set.of("ms", "us", "x", "MB", "files");

  public Metric {
    if (!(ours > 0) || !(peerValue > 0)) {
      throw new IllegalArgumentException(
          "a measured value is positive: " + metric + " ours=" + ours + " peer=" + peerValue);
    }
  }

  /** How many times better than the peer. */
  public double ratio() {
    return LESS_IS_BETTER.contains(unit) ? peerValue / ours : ours / peerValue;
  }

  /** One line for people. */
  public String toLine() {
    return String.format(
        Locale.ROOT,
        "%-26s ours %,14.2f %-9s %s %,14.2f %-9s ratio %.2f",
        metric,
        ours,
        unit,
        peer,
        peerValue,
        unit,
        ratio());
  }

  /** One object of the JSON file. */
  public String toJson() {
    return String.format(
        Locale.ROOT,
        "{\"metric\": \"%s\", \"unit\": \"%s\", \"ours\": %s, \"peer\": \"%s\","
            + " \"peerValue\": %s, \"ratio\": %s}",
        escape(metric),
        unit,
        ours,
        escape(peer),
        peerValue,
        ratio());
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
