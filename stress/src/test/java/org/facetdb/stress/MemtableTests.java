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

/** A memtable's writer beside a reader. */
public final class MemtableTests {
  private static final int FULL_LEAF = 64;
  private static final byte[] VALUE = Commits.value(5);

  private MemtableTests() {}

  /** Who loaded a commit's timestamp sees all of the commit. */
  @JCStressTest
  @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "before the commit")
  @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "after it")
  @Outcome(expect = FORBIDDEN, desc = "a commit in part")
  @State
  public static class WholeCommit {
    private final Memtable memtable = new Memtable(4096);
    private final WriteBatch batch = Commits.of(VALUE, Commits.FIRST, Commits.SECOND);
    private volatile long published;

    @Actor
    public void writer() {
      memtable.apply(batch, 1, 1);
      published = 1;
    }

    @Actor
    public void reader(III_Result result) {
      long timestamp = published;
      result.r1 = (int) timestamp;
      result.r2 = Commits.look(memtable, Commits.SECOND, timestamp, VALUE.length);
      result.r3 = Commits.look(memtable, Commits.FIRST, timestamp, VALUE.length);
    }
  }

  /** Who runs ahead of the published commit meets nothing or whole values, in new chunks too. */
  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "neither")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "came in between")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "gone again")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
  @Outcome(expect = FORBIDDEN, desc = "a value in part")
  @State
  public static class WholeValue {
    private static final int NEW_CHUNK = 9_000;
    private static final long LATER = 2;
    private final Memtable memtable = new Memtable(4096);
    private final WriteBatch batch = Commits.of(Commits.value(NEW_CHUNK), Commits.FIRST);

    @Actor
    public void writer() {
      memtable.apply(batch, 1, 1);
    }

    @Actor
    public void reader(II_Result result) {
      result.r1 = Commits.look(memtable, Commits.FIRST, LATER, NEW_CHUNK);
      result.r2 = Commits.look(memtable, Commits.FIRST, LATER, NEW_CHUNK);
    }
  }

  /** A split hides no key that was there before, and shows the new one once. */
  @JCStressTest
  @Outcome(id = "64, 1", expect = ACCEPTABLE, desc = "before the split")
  @Outcome(id = "65, 1", expect = ACCEPTABLE, desc = "after it")
  @Outcome(expect = FORBIDDEN, desc = "a key was lost or came twice")
  @State
  public static class SplitLeaf {
    private final Memtable memtable = new Memtable(4096);
    private final WriteBatch batch = Commits.of(VALUE, new byte[] {65});

    public SplitLeaf() {
      byte[][] keys = new byte[FULL_LEAF][];
      for (int i = 0; i < FULL_LEAF; i++) {
        keys[i] = new byte[] {(byte) (2 * i)};
      }
      memtable.apply(Commits.of(VALUE, keys), 1, 1);
    }

    @Actor
    public void writer() {
      memtable.apply(batch, 2, 2);
    }

    @Actor
    public void reader(II_Result result) {
      result.r1 = Commits.scan(memtable);
      result.r2 = Commits.look(memtable, new byte[] {64}, 1, VALUE.length);
    }
  }

  /** Whoever sees the sequence of a commit sees its timestamp and its entries. */
  @JCStressTest
  @Outcome(id = "0, [01], [01]", expect = ACCEPTABLE, desc = "before the commit")
  @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "after it")
  @Outcome(expect = FORBIDDEN, desc = "counters out of order")
  @State
  public static class Counters {
    private final Memtable memtable = new Memtable(4096);
    private final WriteBatch batch = Commits.of(VALUE, Commits.FIRST);

    @Actor
    public void writer() {
      memtable.apply(batch, 1, 1);
    }

    @Actor
    public void reader(III_Result result) {
      result.r1 = (int) memtable.lastSequence();
      result.r2 = (int) memtable.lastTimestamp();
      result.r3 = (int) memtable.entries();
    }
  }
}
