package org.facetdb.storage.txn;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A reader that pins the latest commit beside a compaction that asks what is pinned. */
public final class PinTests {
  private PinTests() {}

  /** Either the reader sees that its commit is not the latest, or the compaction sees its pin. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the pin was seen")
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "both saw each other")
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "the reader pins again")
  @Outcome(expect = FORBIDDEN, desc = "versions go that are being read")
  @State
  public static class PinThenLook {
    private final Pins pins = new Pins();
    private volatile long published = 1;

    @Actor
    public void reader(II_Result result) {
      pins.pin(1);
      result.r1 = (int) published;
    }

    @Actor
    public void compaction(II_Result result) {
      published = 2;
      result.r2 = (int) pins.oldest(published);
    }
  }

  /** As {@link PinThenLook}, where the thread's own slots are taken. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the pin was seen")
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "both saw each other")
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "the reader pins again")
  @Outcome(expect = FORBIDDEN, desc = "versions go that are being read")
  @State
  public static class OverflowingPin {
    private final Pins pins = new Pins();
    private volatile long published = 1;

    @Actor
    public void reader(II_Result result) {
      for (int i = 0; i < 4; i++) {
        pins.pin(3);
      }
      pins.pin(1);
      result.r1 = (int) published;
    }

    @Actor
    public void compaction(II_Result result) {
      published = 2;
      result.r2 = (int) pins.oldest(published);
    }
  }
}
