package org.facetdb.storage.tree.entry;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One cursor after the other, each made when the one before has ended: the tables of a sorted
 * level. No key lies in two of them. Used by one thread; owns the cursor it stands in.
 */
public final class ConcatCursor implements EntryCursor {
  private final IntFunction<EntryCursor> parts;
  private final int count;
  private int next;
  private @Nullable EntryCursor at;

  /**
   * @param parts makes the cursor with a number from 0 on
   */
  public ConcatCursor(int count, IntFunction<EntryCursor> parts) {
    this.count = count;
    this.parts = parts;
  }

  private EntryCursor at() {
    EntryCursor cursor = at;
    if (cursor == null) {
      throw new IllegalStateException("the cursor stands on no entry");
    }
    return cursor;
  }

  @Override
  public boolean next() {
    EntryCursor cursor = at;
    return (cursor != null && cursor.next()) || enter();
  }

  @Override
  public boolean nextKey() {
    EntryCursor cursor = at;
    return (cursor != null && cursor.nextKey()) || enter();
  }

  @Override
  public boolean skipNewer(long timestamp) {
    return at().skipNewer(timestamp) || enter();
  }

  private boolean enter() {
    while (next < count) {
      close();
      EntryCursor cursor = parts.apply(next++);
      at = cursor;
      if (cursor.next()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public int keySpace() {
    return at().keySpace();
  }

  @Override
  public byte[] keyArray() {
    return at().keyArray();
  }

  @Override
  public int keyOffset() {
    return at().keyOffset();
  }

  @Override
  public int keyLength() {
    return at().keyLength();
  }

  @Override
  public long keyHead() {
    return at().keyHead();
  }

  @Override
  public long keyTail() {
    return at().keyTail();
  }

  @Override
  public long begin() {
    return at().begin();
  }

  @Override
  public long end() {
    return at().end();
  }

  @Override
  public boolean deleted() {
    return at().deleted();
  }

  @Override
  public byte[] valueArray() {
    return at().valueArray();
  }

  @Override
  public int valueOffset() {
    return at().valueOffset();
  }

  @Override
  public int valueLength() {
    return at().valueLength();
  }

  @Override
  public void close() {
    EntryCursor cursor = at;
    if (cursor != null) {
      cursor.close();
      at = null;
    }
  }
}
