package org.facetdb.storage.tree.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Places, by number, for what a table keeps on the heap as long as the cache lets it.
 *
 * <p>Safe for use by any number of threads: a hit is one load and, now and then, the raising of a
 * mark. Marks are raised without care for others, since one more or less does no harm.
 */
final class CacheSlots {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);

  /** What an array of places takes on the heap, and what each place does. */
  static final int FIXED_BYTES = 64;

  static final int ENTRY_BYTES = 5;

  private final BlockCache cache;
  private final TableReader table;
  private final @Nullable Object[] slots;
  private final byte[] marks;

  CacheSlots(BlockCache cache, TableReader table, int count) {
    this.cache = cache;
    this.table = table;
    this.slots = new Object[count];
    this.marks = new byte[count];
  }

  TableReader table() {
    return table;
  }

  /** What is in a place, and notes that it was read; null if there is nothing. */
  @Nullable Object get(int number) {
    Object held = SLOT.getAcquire(slots, number);
    if (held != null && marks[number] < BlockCache.MARKS_MAX) {
      marks[number]++;
    }
    return held;
  }

  /** What is in a place, null if there is nothing. */
  @Nullable Object peek(int number) {
    return SLOT.getAcquire(slots, number);
  }

  /**
   * Puts something into a place, unless it is too large for the cache; returns what others have put
   * there meanwhile, else the same.
   *
   * @param bytes that it takes on the heap
   */
  Object keep(int number, Object value, int bytes) {
    if (!cache.accepts(bytes)) {
      return value;
    }
    Object held = SLOT.compareAndExchange(slots, number, (Object) null, value);
    if (held != null) {
      return held;
    }
    cache.admitted(this, number, bytes);
    return value;
  }

  /** Puts something into a place for ever, past the cache. */
  void pin(int number, Object value) {
    SLOT.setRelease(slots, number, value);
  }

  // For the cache, under its lock.

  boolean unmark(int number) {
    byte mark = marks[number];
    if (mark == 0) {
      return false;
    }
    marks[number] = (byte) (mark - 1);
    return true;
  }

  void take(int number) {
    SLOT.setRelease(slots, number, (Object) null);
    marks[number] = 0;
  }
}
