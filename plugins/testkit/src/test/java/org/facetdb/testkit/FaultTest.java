package org.facetdb.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checks find what is wrong: each fault fails the check that is meant for it. */
class FaultTest {
  private static final Pattern ROUND = Pattern.compile("-D" + IndexChecks.ROUND + "=(\\d+)");

  private static long seed() {
    Long given = Long.getLong(IndexChecks.SEED);
    return given != null ? given : new Random().nextLong();
  }

  private static String failure(Fault fault, long seed) {
    IndexChecks checks = new IndexChecks(ReferenceFixture.with(fault), seed, 100);
    return assertThrows(AssertionError.class, () -> fault.check.accept(checks), "seed=" + seed)
        .getMessage();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void everyFaultIsFound(Fault fault) {
    long seed = seed();
    String message = failure(fault, seed);
    assertTrue(message.contains("-D" + IndexChecks.SEED + "=" + seed), message);
    System.out.println(fault + ": " + message);
  }

  @ParameterizedTest
  @EnumSource(names = {"LOSES_AN_END", "CHECKPOINT_MISSES_A_FILE", "LEAKS_WHEN_OPEN_FAILS"})
  void aRoundThatFailedFailsAgain(Fault fault) {
    long seed = seed();
    String message = failure(fault, seed);
    Matcher round = ROUND.matcher(message);
    assertTrue(round.find(), message);
    System.setProperty(IndexChecks.ROUND, round.group(1));
    try {
      assertEquals(message, failure(fault, seed));
    } finally {
      System.clearProperty(IndexChecks.ROUND);
    }
  }
}
