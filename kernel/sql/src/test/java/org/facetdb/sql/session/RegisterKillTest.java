package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.facetdb.sql.session.ListHistory.End;
import org.facetdb.sql.session.RegisterHistory.Anomaly;
import org.facetdb.sql.session.RegisterHistory.Version;
import org.facetdb.storage.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills processes with SIGKILL while eight sessions read and write registers in them, and judges
 * what all of them did as one history. The seed repeats what each session does, not how they
 * interleave; the journal of a history that is refused stays in {@code target}.
 */
@Timeout(3600)
class RegisterKillTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.histories.kills", 3);
  private static final String LEVEL = "serializable";
  private static final int BYTES_MAX = 25_000;

  /** Numbers that each process has for itself. */
  private static final long NUMBERS = 1_000_000_000;

  @TempDir private Path directory;
  @TempDir private Path journals;

  private final RegisterHistory history = new RegisterHistory();
  private final List<String> journal = new ArrayList<>();
  private final Map<Integer, List<Version>> versions = new HashMap<>();
  private long sequence;

  @Test
  void theHistoryGoesOnAfterEachCrashAsIfThereWereNone() throws Exception {
    long seed = Long.getLong("facetdb.seed", System.nanoTime());
    System.out.println("-Dfacetdb.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    long created;
    try (TestDatabase db = TestDatabase.at(directory)) {
      RegisterClient.create(db);
      created = db.store().lastSequence();
      sequence = created;
    }
    for (int round = 1; round <= ROUNDS; round++) {
      List<String> lines = runAndKill(random, round);
      RegisterClient.addTo(history, lines, journal.size());
      journal.addAll(lines);
      // Else the next process recovers, and may be killed while it does.
      if (round == ROUNDS || random.nextInt(3) > 0) {
        judge("seed=" + seed + " round=" + round);
      }
    }
    assertTrue(history.count(End.COMMITTED) > 0, "nothing was committed");
    try (TestDatabase db = TestDatabase.at(directory)) {
      Map<Integer, List<Version>> again = new HashMap<>();
      RegisterClient.addVersions(db, created, again);
      assertEquals(versions, again, "the past changed: seed=" + seed);
    }
    assertThatForgettingIsFound(random);
  }

  /** The first process lives until something was acknowledged; others die at any moment. */
  private List<String> runAndKill(SplittableRandom random, int round) throws Exception {
    Path said = journals.resolve("round-" + round);
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                RegisterKillChild.class.getName(),
                directory.toString(),
                LEVEL,
                Long.toString(random.nextLong()),
                Long.toString(round * NUMBERS))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(said.toFile()))
            .start();
    try {
      if (round == 1 || random.nextInt(4) > 0) {
        awaitBytes(process, said, 5_000 + random.nextInt(BYTES_MAX));
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(20_000)));
      } else {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(1_500)));
      }
      assertTrue(process.isAlive(), "the process ended by itself: round=" + round);
    } finally {
      process.destroyForcibly();
    }
    process.waitFor();
    return lines(said);
  }

  private static String classPath() {
    return String.join(
        File.pathSeparator,
        "target/test-classes",
        "target/classes",
        System.getProperty("jdk.module.path", ""),
        System.getProperty("java.class.path", ""));
  }

  private static void awaitBytes(Process process, Path file, long bytes) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (Files.size(file) < bytes && process.isAlive()) {
      assertTrue(System.nanoTime() < deadline, "bytes=" + Files.size(file) + " of " + bytes);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** All lines but the last if it was cut: whoever wrote it had not gone on. */
  private static List<String> lines(Path file) throws IOException {
    String all = Files.readString(file);
    return all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
  }

  private void judge(String facts) throws IOException {
    assertEquals(List.of(), Stores.check(directory).problems(), facts);
    try (TestDatabase db = TestDatabase.at(directory)) {
      sequence = RegisterClient.addVersions(db, sequence, versions);
    }
    Set<Anomaly> found = history.anomalies(versions);
    System.out.println(
        facts
            + " sequence="
            + sequence
            + " committed="
            + history.count(End.COMMITTED)
            + " aborted="
            + history.count(End.ABORTED)
            + " unknown="
            + history.count(End.UNKNOWN));
    if (!found.isEmpty()) {
      Files.write(Path.of("target", "registers.journal"), journal);
    }
    assertEquals(Set.of(), found, facts);
  }

  /** A history whose latest commits a crash took must be refused, else the test proves nothing. */
  private void assertThatForgettingIsFound(SplittableRandom random) {
    List<Long> commits =
        versions.values().stream().flatMap(List::stream).map(Version::sequence).sorted().toList();
    long last = commits.get(random.nextInt(commits.size() / 2));
    Map<Integer, List<Version>> cut = new HashMap<>();
    versions.forEach(
        (register, all) ->
            cut.put(register, all.stream().filter(v -> v.sequence() <= last).toList()));
    Set<Anomaly> found = history.anomalies(cut);
    assertTrue(found.contains(Anomaly.LOST_WRITE), "found: " + found);
  }
}
