package org.facetdb.storage.tree.table;

import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.jspecify.annotations.Nullable;

/**
 * Walks the versions of one table. Used by one thread. Values stay in their blocks; a key is put
 * together in the cursor's own array when it is asked for. Blocks that are not cached are read
 * several at a time once they follow each other. The caller keeps the table open.
 */
final class TableCursor implements EntryCursor {
  private static final int READ_AHEAD_BYTES = 128 << 10;
  private static final int ALL_KEY_SPACES = -1;

  /** How many versions of a key are passed one by one before the next key is sought. */
  private static final int NEAR = 8;

  private final TableReader table;
  private final TableIndex index;
  private final int onlyKeySpace;
  private final byte @Nullable [] to;
  private final boolean fillsCache;
  private final long timestamp;
  private final boolean single;
  private final BlockView view = new BlockView();
  private int block;
  private int at;
  private int count;
  private byte[] key = new byte[64];
  private int keyAt = -1;
  private int keyLength;
  private byte[] ahead = {};
  private long aheadPosition;
  private int aheadBytes;
  private int missed = -2;

  private TableCursor(
      TableReader table,
      int onlyKeySpace,
      byte @Nullable [] to,
      boolean fillsCache,
      long timestamp) {
    this.table = table;
    this.index = table.index();
    this.onlyKeySpace = onlyKeySpace;
    this.to = to;
    this.fillsCache = fillsCache;
    this.single = table.info().kind() == TableKind.CURRENT;
    this.timestamp = table.info().maxBegin() <= timestamp ? Long.MAX_VALUE : timestamp;
    this.block = -1;
  }

  /** All versions of keys from one on, of all key spaces; of all keys for null. */
  static TableCursor all(TableReader table, @Nullable SpaceKey from) {
    TableCursor cursor = new TableCursor(table, ALL_KEY_SPACES, null, false, Long.MAX_VALUE);
    if (from == null) {
      cursor.at = -1;
    } else {
      cursor.seek(from.keySpace(), from.key());
    }
    return cursor;
  }

  static TableCursor range(
      TableReader table,
      int keySpace,
      byte @Nullable [] from,
      byte @Nullable [] to,
      long timestamp) {
    TableCursor cursor = new TableCursor(table, keySpace, to, true, timestamp);
    cursor.seek(keySpace, from == null ? new byte[0] : from);
    return cursor;
  }

  private void seek(int keySpace, byte[] start) {
    int first = index.find(keySpace, start, Long.MAX_VALUE);
    if (index.keySpace(first) == keySpace) {
      enter(first);
      at = view.seek(start, 0, start.length, Long.MAX_VALUE) - 1;
    } else {
      block = first;
      // The key space, if the table has it, starts with the block after, unless with the first.
      block -= Integer.compareUnsigned(index.keySpace(first), keySpace) > 0 ? 1 : 0;
      at = -1;
      count = 0;
    }
  }

  private void enter(int number) {
    byte[] raw = table.cached(number);
    if (raw == null) {
      raw = read(number);
      if (fillsCache) {
        table.keep(number, raw);
      }
    }
    view.reset(raw);
    block = number;
    at = -1;
    count = view.count();
    keyAt = -1;
    int prefix = view.prefixLength();
    if (key.length < prefix) {
      key = new byte[prefix + 64];
    }
    view.copyPrefix(key);
  }

  private byte[] read(int number) {
    long position = index.position(number);
    int length = index.length(number);
    if (position < aheadPosition || position + length > aheadPosition + aheadBytes) {
      // One block where the last one was found elsewhere, many where blocks follow each other.
      int wanted = missed == number - 1 || !fillsCache ? READ_AHEAD_BYTES : length;
      if (ahead.length < Math.max(wanted, length)) {
        ahead = new byte[Math.max(wanted, length)];
      }
      aheadBytes = table.readStored(position, ahead, Math.max(wanted, length));
      aheadPosition = position;
      if (aheadBytes < length) {
        throw TableFormat.damaged(
            table.place(), position, length + " bytes", aheadBytes + " bytes");
      }
    }
    missed = number;
    return table.decode(number, ahead, (int) (position - aheadPosition));
  }

  @Override
  public boolean next() {
    keyAt = -1;
    if (++at < count) {
      passNewer();
      return true;
    }
    return nextBlock();
  }

  /**
   * Passes what is too new in this block, but for its last entry: no more blocks are read for it.
   */
  private void passNewer() {
    if (timestamp == Long.MAX_VALUE) {
      return;
    }
    int last = count - 1;
    int found = at;
    while (found < last && view.begin(found) > timestamp) {
      found++;
    }
    at = found;
  }

  private boolean nextBlock() {
    int number = block + 1;
    if (number >= index.count()) {
      at = count;
      return false;
    }
    if (onlyKeySpace != ALL_KEY_SPACES
        && (index.keySpace(number) != onlyKeySpace
            || (to != null && !index.startsBelow(number, onlyKeySpace, to)))) {
      at = count;
      return false;
    }
    enter(number);
    at = 0;
    passNewer();
    return true;
  }

  @Override
  public boolean nextKey() {
    if (single || at < 0) {
      return next();
    }
    return passBeyond(-1);
  }

  @Override
  public boolean skipNewer(long timestamp) {
    return single ? next() : passBeyond(timestamp);
  }

  /**
   * Moves to the first version behind the present one that is of another key or begins at or before
   * a timestamp, past blocks that hold nothing else.
   */
  private boolean passBeyond(long timestamp) {
    int follows = at + 1;
    int near = Math.min(count, follows + NEAR);
    while (follows < near && isSameKey(follows) && view.begin(follows) > timestamp) {
      follows++;
    }
    if (follows < near) {
      keyAt = -1;
      at = follows;
      passNewer();
      return true;
    }
    if (follows == count && !goesOn(block + 1)) {
      return nextBlock();
    }
    byte[] present = view.key(at);
    int space = view.keySpace();
    int found = view.seek(present, 0, present.length, timestamp);
    if (found == count) {
      int number = index.find(space, present, timestamp);
      if (number <= block) {
        return nextBlock();
      }
      enter(number);
      found = view.seek(present, 0, present.length, timestamp);
      if (found == count) {
        return nextBlock();
      }
    }
    keyAt = -1;
    at = found;
    passNewer();
    return true;
  }

  /** Whether a block, if there is one, starts with the present key. */
  private boolean goesOn(int number) {
    if (number >= index.count() || index.keySpace(number) != view.keySpace()) {
      return false;
    }
    byte[] first = index.firstKey(number);
    return view.keyEquals(at, first, 0, first.length);
  }

  private boolean isSameKey(int other) {
    int rest = view.keyRestLength(at);
    return rest == view.keyRestLength(other)
        && Bytes.equal(
            view.array(),
            view.keyRestOffset(at),
            rest,
            view.array(),
            view.keyRestOffset(other),
            rest);
  }

  private void loadKey() {
    int prefix = view.prefixLength();
    int rest = view.keyRestLength(at);
    if (key.length < prefix + rest) {
      key = new byte[(prefix + rest) * 2];
      view.copyPrefix(key);
    }
    System.arraycopy(view.array(), view.keyRestOffset(at), key, prefix, rest);
    keyLength = prefix + rest;
    keyAt = at;
  }

  @Override
  public int keySpace() {
    return view.keySpace();
  }

  @Override
  public byte[] keyArray() {
    if (keyAt != at) {
      loadKey();
    }
    return key;
  }

  @Override
  public int keyOffset() {
    return 0;
  }

  @Override
  public int keyLength() {
    return view.keyLength(at);
  }

  @Override
  public long keyHead() {
    return view.keyHead(at);
  }

  @Override
  public long begin() {
    return view.begin(at);
  }

  @Override
  public long end() {
    return view.end(at);
  }

  @Override
  public boolean deleted() {
    return view.deleted(at);
  }

  @Override
  public byte[] valueArray() {
    return view.array();
  }

  @Override
  public int valueOffset() {
    return view.valueOffset(at);
  }

  @Override
  public int valueLength() {
    return view.valueLength(at);
  }

  @Override
  public void close() {
    ahead = new byte[0];
  }
}
