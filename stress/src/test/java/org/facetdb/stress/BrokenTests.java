package org.facetdb.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.facetdb.storage.log.WriteBatch;
import org.facetdb.storage.tree.memtable.Memtable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Wrong on purpose: each must be found, or the other tests prove nothing. */
public final class BrokenTests {
  private static final byte[] VALUE = Commits.value(5);

  private BrokenTests() {}

  /** Publishes a commit before it is whole. */
  @JCStressTest
  @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "before the commit")
  @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "after it")
  @Outcome(expect = FORBIDDEN, desc = "a commit in part")
  @State
  public static class EarlyPublication {
    private final Memtable memtable = new Memtable(4096);
    private final WriteBatch first = Commits.of(VALUE, Commits.FIRST);
    private final WriteBatch second = Commits.of(VALUE, Commits.SECOND);
    private volatile long published;

    @Actor
    public void writer() {
      memtable.apply(first, 1, 1);
      published = 1;
      memtable.apply(second, 1, 1);
    }

    @Actor
    public void reader(III_Result result) {
      long timestamp = published;
      result.r1 = (int) timestamp;
      result.r2 = Commits.look(memtable, Commits.SECOND, timestamp, VALUE.length);
      result.r3 = Commits.look(memtable, Commits.FIRST, timestamp, VALUE.length);
    }
  }

  /** Pins with plain stores, which a processor lets pass the load that follows. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the pin was seen")
  @Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "both saw each other")
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "the reader pins again")
  @Outcome(expect = FORBIDDEN, desc = "versions go that are being read")
  @State
  public static class PlainPin {
    private long pinned;
    private long published = 1;

    @Actor
    public void reader(II_Result result) {
      pinned = 1;
      result.r1 = (int) published;
    }

    @Actor
    public void compaction(II_Result result) {
      published = 2;
      result.r2 = pinned == 0 ? 2 : 1;
    }
  }
}
