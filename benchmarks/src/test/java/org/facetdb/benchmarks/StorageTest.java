package org.facetdb.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.facetdb.peers.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  @TempDir Path directory;

  private String run(String name) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int status =
        Main.run(
            List.of(name, "--tiny", "--dir", directory.toString()),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            System.err);
    assertEquals(0, status);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theStoreIsMeasuredBesideRocksDb() throws Exception {
    String lines = run("storage");
    for (String metric :
        List.of(
            "put",
            "space",
            "full compaction",
            "get, hit",
            "get, miss",
            "seek and 100 next",
            "full scan",
            "get, hit, p999",
            "4 threads, 50/50",
            "get beside a writer, p999")) {
      assertTrue(lines.lines().anyMatch(l -> l.startsWith(metric + "  ")), metric + ": " + lines);
    }
  }

  @Test
  void commitsAreMeasuredBesideThreePeers() throws Exception {
    String lines = run("commit");
    for (String peer : List.of("RocksDB 11.8.1", "SQLite 3", "H2 2.4.240")) {
      for (String metric : List.of("1 committer", "8 committers", "64 committers, p999")) {
        assertTrue(
            lines.lines().anyMatch(l -> l.startsWith(metric + "  ") && l.contains(peer)),
            metric + " " + peer + ": " + lines);
      }
    }
  }

  @Test
  void contentionIsMeasuredBesidePostgresAndH2() throws Exception {
    assumeTrue(PostgresServer.programs().isPresent(), "no PostgreSQL server is installed");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    String lines = run("contention");
    for (String workload : List.of("TPC-B-like", "TPC-C-like")) {
      for (String peer : List.of("PostgreSQL 1", "H2 2.4.240")) {
        for (String sessions : List.of("1 session", "8 sessions", "64 sessions")) {
          String metric = workload + ", " + sessions + "  ";
          assertTrue(
              lines.lines().anyMatch(l -> l.startsWith(metric) && l.contains(peer)),
              metric + peer + ": " + lines);
        }
      }
    }
  }

  @Test
  void mixedLoadStaysWithinItsBounds() throws Exception {
    String lines = run("soak");
    for (String metric : List.of("resident set, largest", "write, p999", "open files, last")) {
      assertTrue(lines.lines().anyMatch(l -> l.startsWith(metric)), metric + ": " + lines);
    }
  }

  @Test
  void historyIsMeasuredBesideThePresent() throws Exception {
    String lines = run("versions");
    for (String metric : List.of("get", "scan of 100", "get as of", "scan of 100 as of")) {
      assertTrue(lines.lines().anyMatch(l -> l.startsWith(metric + "  ")), metric + ": " + lines);
    }
  }

  @Test
  void percentilesAreOfSortedDurations() {
    Latencies latencies = new Latencies(1000);
    for (int i = 1000; i > 0; i--) {
      latencies.add(i * 1_000L);
    }
    assertEquals(501, latencies.micros(0.5));
    assertEquals(1000, latencies.micros(1));
  }
}
