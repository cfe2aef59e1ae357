package org.facetdb.cli.plugins;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.random.RandomGenerator;

/**
 * What writers were told is committed, and what they have begun. Each row has a token in its text
 * that no other row has or had; rows are counted by topic, and by topic and category. Safe for any
 * number of threads; each row is changed by one.
 *
 * <p>Invariant: a writer says what it begins before its statement, and what was acknowledged after
 * it. So a search that begins later sees at least what was acknowledged before, and at most what
 * was begun before its end.
 */
final class SwapFacts {
  static final int CATEGORIES = 8;
  private static final int RECENT = 1 << 10;

  private final int topics;
  private final AtomicLongArray tokens;
  private final AtomicLongArray contents;
  private final AtomicLongArray retired;
  private final AtomicLong retiredCount = new AtomicLong();
  private final AtomicLongArray recent = new AtomicLongArray(RECENT);
  private final AtomicLong recentCount = new AtomicLong();
  private final AtomicLong lastToken = new AtomicLong();
  private final Counts byTopic;
  private final Counts byCategory;

  /** Rows that come and go, by key: begun and acknowledged. */
  private record Counts(
      AtomicLongArray addsBegun,
      AtomicLongArray adds,
      AtomicLongArray removesBegun,
      AtomicLongArray removes) {
    Counts(int keys) {
      this(
          new AtomicLongArray(keys),
          new AtomicLongArray(keys),
          new AtomicLongArray(keys),
          new AtomicLongArray(keys));
    }

    void begin(int removed, int added) {
      if (removed >= 0) {
        removesBegun.incrementAndGet(removed);
      }
      if (added >= 0) {
        addsBegun.incrementAndGet(added);
      }
    }

    void acknowledge(int removed, int added) {
      if (removed >= 0) {
        removes.incrementAndGet(removed);
      }
      if (added >= 0) {
        adds.incrementAndGet(added);
      }
    }
  }

  /**
   * @param rows that can be there, 1 to this
   * @param retiredMax tokens that are kept after their row has changed
   */
  SwapFacts(int rows, int topics, int retiredMax) {
    this.topics = topics;
    this.tokens = new AtomicLongArray(rows + 1);
    this.contents = new AtomicLongArray(rows + 1);
    this.retired = new AtomicLongArray(retiredMax);
    this.byTopic = new Counts(topics);
    this.byCategory = new Counts(topics * CATEGORIES);
  }

  int topics() {
    return topics;
  }

  int rows() {
    return tokens.length() - 1;
  }

  long nextToken() {
    return lastToken.incrementAndGet();
  }

  /** What a row holds beside its token. */
  record Content(int topic, int category) {}

  private static final long ABSENT = -1;

  private long encode(Content content) {
    return content == null ? ABSENT : (long) content.topic() * CATEGORIES + content.category();
  }

  /** What a row of the calling writer holds; null if it isn't there. */
  Content content(int id) {
    if (tokens.get(id) == 0) {
      return null;
    }
    long packed = contents.get(id);
    return new Content((int) packed / CATEGORIES, (int) packed % CATEGORIES);
  }

  /** A change of a row, which its writer begins and has acknowledged. */
  final class Change {
    private final int id;
    private final long before;
    private final long after;
    private final Content content;
    private final int removedTopic;
    private final int addedTopic;
    private final int removedCategory;
    private final int addedCategory;

    private Change(int id, long after, Content content) {
      Content old = content(id);
      this.id = id;
      this.before = tokens.get(id);
      this.after = after;
      this.content = content;
      boolean sameTopic = old != null && content != null && old.topic() == content.topic();
      this.removedTopic = old == null || sameTopic ? -1 : old.topic();
      this.addedTopic = content == null || sameTopic ? -1 : content.topic();
      boolean same = old != null && old.equals(content);
      this.removedCategory = old == null || same ? -1 : (int) encode(old);
      this.addedCategory = content == null || same ? -1 : (int) encode(content);
    }

    void acknowledged() {
      byTopic.acknowledge(removedTopic, addedTopic);
      byCategory.acknowledge(removedCategory, addedCategory);
      contents.set(id, encode(content));
      tokens.set(id, after);
      if (before != 0 && before != after) {
        retired.set((int) (retiredCount.getAndIncrement() % retired.length()), before);
      }
      if (after != 0) {
        recent.set((int) (recentCount.getAndIncrement() % RECENT), id);
      }
    }
  }

  /**
   * Says that a row is about to change.
   *
   * @param token that it will have, 0 for none
   * @param content that it will have, null if it goes
   */
  Change begin(int id, long token, Content content) {
    Change change = new Change(id, token, content);
    byTopic.begin(change.removedTopic, change.addedTopic);
    byCategory.begin(change.removedCategory, change.addedCategory);
    if (token != change.before) {
      tokens.set(id, change.before == 0 ? -token : -change.before);
    }
    return change;
  }

  /**
   * The token of a row: positive if it is certain, 0 if the row isn't there, negative if unsure.
   */
  long token(int id) {
    return tokens.get(id);
  }

  /** A row that was changed lately, or any; 0 if none was found. */
  int someRow(RandomGenerator random) {
    if (random.nextInt(4) != 0) {
      return (int) recent.get(random.nextInt(RECENT));
    }
    return random.nextInt(1, tokens.length());
  }

  /** A token that no row has any more, 0 if there is none. */
  long someRetired(RandomGenerator random) {
    long count = Math.min(retiredCount.get(), retired.length());
    if (count == 0) {
      return 0;
    }
    long back = random.nextInt(2) == 0 ? random.nextInt(64) : random.nextLong(count);
    return retired.get((int) (Math.max(0, retiredCount.get() - 1 - back) % retired.length()));
  }

  /** All tokens that are kept of rows that have changed or are gone. */
  long[] retired() {
    int count = (int) Math.min(retiredCount.get(), retired.length());
    return java.util.stream.IntStream.range(0, count).mapToLong(retired::get).toArray();
  }

  /** How many rows a search may find, from before it to after it. */
  final class Bounds {
    private final Counts counts;
    private final int key;
    private final long adds;
    private final long removes;

    private Bounds(Counts counts, int key) {
      this.counts = counts;
      this.key = key;
      this.adds = counts.adds.get(key);
      this.removes = counts.removes.get(key);
    }

    /** Null if a number that was found can be; called after the search. */
    String objection(long found) {
      long least = adds - counts.removesBegun.get(key);
      long most = counts.addsBegun.get(key) - removes;
      return found >= least && found <= most
          ? null
          : "found=" + found + " least=" + least + " most=" + most;
    }

    /** The fewest rows that are certain; called after the search. */
    long least() {
      return adds - counts.removesBegun.get(key);
    }
  }

  Bounds ofTopic(int topic) {
    return new Bounds(byTopic, topic);
  }

  Bounds ofCategory(int topic, int category) {
    return new Bounds(byCategory, topic * CATEGORIES + category);
  }
}
