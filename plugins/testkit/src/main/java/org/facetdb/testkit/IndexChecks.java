package org.facetdb.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The contract of index methods as checks: each runs rounds of its own and raises an {@link
 * AssertionError} that says how to run the failing round again. Needs no test framework. Used by
 * one thread.
 */
public final class IndexChecks {
  /** The seed of a run. */
  public static final String SEED = "facetdb.contract.seed";

  /** The one round to run, from 0. */
  public static final String ROUND = "facetdb.contract.round";

  /** How many crashes to try; the other checks run as many rounds in proportion. */
  public static final String ROUNDS = "facetdb.contract.rounds";

  private static final int DEFAULT_ROUNDS = 100;

  /** One round of a check. */
  @FunctionalInterface
  interface Round {
    void run(Random random, int round, Path directory);
  }

  private final IndexFixture fixture;
  private final long seed;
  private final int rounds;

  /**
   * Checks of one fixture.
   *
   * @param rounds how many crashes to try, at least 1
   */
  public IndexChecks(IndexFixture fixture, long seed, int rounds) {
    this.fixture = fixture;
    this.seed = seed;
    this.rounds = rounds;
  }

  /** Checks with what the properties say, a fresh seed and 100 rounds where they say nothing. */
  public static IndexChecks fromProperties(IndexFixture fixture) {
    Long given = Long.getLong(SEED);
    return new IndexChecks(
        fixture,
        given != null ? given : new Random().nextLong(),
        Integer.getInteger(ROUNDS, DEFAULT_ROUNDS));
  }

  /** Random operations; views answer as the model does. */
  public void randomOperations() {
    run("randomOperations", 20, new OperationChecks(fixture)::randomOperations);
  }

  /** A crash or a failure at each operation of the store loses nothing. */
  public void crashAtEachStep() {
    CrashCheck check = new CrashCheck(fixture, seed, (rounds + 1) / 2);
    run("crashAtEachStep", 100, check::round);
    System.out.println("index contract: check=crashAtEachStep failures=" + check.failures());
  }

  /** What was given before changes nothing. */
  public void replay() {
    run("replay", 20, new OperationChecks(fixture)::replay);
  }

  /** Snapshots in the past are answered as long as they may be asked for. */
  public void timeTravel() {
    run("timeTravel", 10, new OperationChecks(fixture)::timeTravel);
  }

  /** Ended entries go once they are asked for no more. */
  public void expiry() {
    run("expiry", 4, new OperationChecks(fixture)::expiry);
  }

  /** Another version goes on from a checkpoint that it reads, and back. */
  public void swap() {
    run("swap", 10, new SwapCheck(fixture)::round);
  }

  /** Views answer the same while the index changes, and after it was closed. */
  public void concurrentViews() {
    run("concurrentViews", 4, new ConcurrencyCheck(fixture)::round);
  }

  /** Bad arguments and bad shapes are refused with the SQLSTATE they deserve. */
  public void badInput() {
    run("badInput", 4, new OperationChecks(fixture)::badInput);
  }

  private void run(String check, int ofHundred, Round body) {
    int count = Math.max(1, (int) ((long) rounds * ofHundred / 100));
    int from = Integer.getInteger(ROUND, 0);
    int to = Integer.getInteger(ROUND) == null ? count : from + 1;
    System.out.println(
        "index contract: check="
            + check
            + " fixture="
            + fixture.getClass().getSimpleName()
            + " rounds="
            + count
            + " replay: -D"
            + SEED
            + "="
            + seed);
    for (int round = from; round < to; round++) {
      try {
        runIn(body, round);
      } catch (RuntimeException | AssertionError | StackOverflowError e) {
        throw new AssertionError(
            check
                + " failed: "
                + e.getMessage()
                + "; replay: -D"
                + SEED
                + "="
                + seed
                + " -D"
                + ROUND
                + "="
                + round
                + " -D"
                + ROUNDS
                + "="
                + rounds,
            e);
      }
    }
  }

  private void runIn(Round body, int round) {
    try {
      Path directory = Files.createTempDirectory("facetdb-contract");
      try {
        body.run(new Random(seed * 31 + round * 0x9E3779B97F4A7C15L), round, directory);
      } finally {
        try (Stream<Path> files = Files.walk(directory)) {
          List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
          for (Path path : all) {
            Files.deleteIfExists(path);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
