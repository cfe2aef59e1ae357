package org.facetdb.storage;

import java.util.Random;

/** Fresh seeds for random tests, printed so that a run can be repeated. */
public final class Seeds {
  private Seeds() {}

  /** A new seed, or the one given by -Dfacetdb.seed. */
  public static long next(Class<?> test) {
    Long given = Long.getLong("facetdb.seed");
    long seed = given != null ? given : new Random().nextLong();
    System.out.println(
        "replay: mvn -pl kernel/storage -am test -Dsurefire.failIfNoSpecifiedTests=false -Dtest="
            + test.getSimpleName()
            + " -Dfacetdb.seed="
            + seed);
    return seed;
  }
}
