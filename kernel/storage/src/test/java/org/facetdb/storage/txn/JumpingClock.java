package org.facetdb.storage.txn;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;

/** A wall clock that stands still, runs on, and at times goes back. Used by one thread. */
public final class JumpingClock implements InstantSource {
  private final Random random;
  private long millis = 1_700_000_000_000L;

  public JumpingClock(Random random) {
    this.random = random;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  @Override
  public long millis() {
    int step = random.nextInt(10);
    if (step == 0) {
      millis -= random.nextInt(2_000);
    } else if (step < 5) {
      millis += random.nextInt(3);
    }
    return millis;
  }
}
