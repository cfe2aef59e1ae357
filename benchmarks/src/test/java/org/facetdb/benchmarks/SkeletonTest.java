package org.facetdb.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkeletonTest {
  @TempDir Path directory;

  @Test
  void everyMetricIsMeasuredBesideItsPeerAndWritten() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Path json = directory.resolve("metrics.json");
    int status =
        Main.run(
            List.of("skeleton", "--tiny", "--dir", directory.toString(), "--json", json.toString()),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            System.err);
    assertEquals(0, status);
    String text = Files.readString(json);
    for (String metric :
        List.of(
            "put", "put, 100 per commit", "get", "scan", "TPC-H Q1", "TPC-H Q6", "point select")) {
      assertTrue(text.contains("{\"metric\": \"" + metric + "\", \"unit\""), metric + ": " + text);
    }
    assertEquals(9, text.lines().filter(line -> line.contains("\"ratio\"")).count(), text);
    String lines = out.toString(StandardCharsets.UTF_8);
    for (String peer : List.of("RocksDB 11.8.1", "H2 2.4.240", "DuckDB v1.4.1", "ratio")) {
      assertTrue(lines.contains(peer), peer + ": " + lines);
    }
  }

  @Test
  void ratiosAboveOneAreBetterWhateverTheUnit() {
    assertEquals(2, new Metric("rate", "ops/s", 200, "peer", 100).ratio());
    assertEquals(2, new Metric("time", "ms", 100, "peer", 200).ratio());
    assertThrows(IllegalArgumentException.class, () -> new Metric("none", "ms", 0, "peer", 1));
  }

  @Test
  void theMedianIsTheMiddle() {
    assertEquals(3, Rounds.median(new double[] {9, 1, 3}));
    assertEquals(2, Rounds.median(new double[] {9, 1, 3, 1}));
  }

  @Test
  void anUnknownBenchmarkIsRefused() throws Exception {
    assertEquals(2, Main.run(List.of("nothing"), System.out, System.err));
  }
}
