package org.facetdb.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checks find what is wrong: each fault fails the check that is meant for it. */
class FaultTest {
  @ParameterizedTest
  @EnumSource(Fault.class)
  void everyFaultIsFound(Fault fault) {
    Long given = Long.getLong(IndexChecks.SEED);
    long seed = given != null ? given : new Random().nextLong();
    IndexChecks checks = new IndexChecks(ReferenceFixture.with(fault), seed, 100);
    AssertionError found =
        assertThrows(AssertionError.class, () -> fault.check.accept(checks), "seed=" + seed);
    assertTrue(found.getMessage().contains("-D" + IndexChecks.SEED + "=" + seed));
    System.out.println(fault + ": " + found.getMessage());
  }
}
