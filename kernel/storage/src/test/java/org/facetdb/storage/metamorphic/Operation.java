package org.facetdb.storage.metamorphic;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * One step of a list. All that it chooses comes from its own seed and from what the model holds, so
 * that it keeps its sense when others are dropped.
 */
record Operation(Kind kind, long seed) {
  /** What is done, with its share of a list. */
  enum Kind {
    COMMIT(40),
    CONFLICT(6),
    READ(14),
    HOLD(4),
    READ_HELD(8),
    RELEASE(2),
    READ_PAST(8),
    READ_CHANGES(3),
    FLUSH(4),
    COMPACT(2),
    COMPACT_SPACE(2),
    CREATE_SPACE(2),
    DROP_SPACE(1),
    ADVANCE_CLOCK(4),
    REOPEN(2),
    KILL(1),
    CRASH(2);

    private final int share;

    Kind(int share) {
      this.share = share;
    }

    private static Kind draw(Random random) {
      int sum = 0;
      for (Kind kind : values()) {
        sum += kind.share;
      }
      int at = random.nextInt(sum);
      for (Kind kind : values()) {
        at -= kind.share;
        if (at < 0) {
          return kind;
        }
      }
      throw new AssertionError("shares add up");
    }
  }

  static List<Operation> list(long seed, int length) {
    Random random = new Random(seed);
    List<Operation> list = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      list.add(new Operation(Kind.draw(random), random.nextLong()));
    }
    return list;
  }
}
