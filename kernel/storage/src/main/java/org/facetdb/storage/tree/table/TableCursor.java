package org.facetdb.storage.tree.table;

import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.jspecify.annotations.Nullable;

/**
 * Walks the versions of one table. Used by one thread. Values stay in their blocks; a key is put
 * together in the cursor's own array when it is asked for. Blocks that are not cached are read
 * several at a time once they follow each other. The caller keeps the table open.
 *
 * <p>It keeps hold of the part that it is in. One past the cache reads for itself what the cache
 * has not, of a part the index alone, and leaves no marks; its values last until it moves on.
 */
final class TableCursor implements EntryCursor {
  private static final int ALL_KEY_SPACES = -1;

  /** How many versions of a key are passed one by one before the next key is sought. */
  private static final int NEAR = 8;

  /** How many blocks of what is not visible are passed before the caller is asked. */
  private static final int PASSED_BLOCKS_MAX = 4;

  private final TableReader table;
  private final TableParts parts;
  private final int onlyKeySpace;
  private final byte @Nullable [] to;
  private final boolean fillsCache;
  private final long timestamp;

  /** Whether only what was in force at the timestamp is wanted. */
  private final boolean past;

  private final boolean single;
  private final ReadAhead ahead;
  private final BlockView view = new BlockView();
  private int partNumber;

  /** Null in a part that is not on the heap, past the cache. */
  private @Nullable TablePart part;

  private TableIndex index;

  /** Number in the part. */
  private int block = -1;

  private int at;

  /** Whether the version was chosen as in force. */
  private boolean chosen;

  private int count;

  /** As {@link BlockView#findInForce} has them, of this block. */
  private int[] inForce = {};

  private byte[] key = new byte[64];

  /** Past the cache, the block that was read last, whose room the next one may take. */
  private byte[] own = {};

  private int keyAt = -1;
  private int keyLength;

  private TableCursor(
      TableReader table,
      int onlyKeySpace,
      byte @Nullable [] to,
      boolean fillsCache,
      long timestamp,
      int partNumber) {
    this.table = table;
    this.parts = table.parts();
    this.onlyKeySpace = onlyKeySpace;
    this.to = to;
    this.fillsCache = fillsCache;
    this.ahead = new ReadAhead(table, !fillsCache);
    this.single = table.info().kind() == TableKind.CURRENT;
    this.timestamp = timestamp;
    this.past = timestamp != Long.MAX_VALUE && (!single || table.info().maxBegin() > timestamp);
    this.partNumber = partNumber;
    this.part = fillsCache ? table.part(partNumber) : table.peekPart(partNumber);
    this.index = part != null ? part.index() : table.index(partNumber);
  }

  /** All versions of keys from one on, of all key spaces; of all keys for null. */
  static TableCursor all(TableReader table, @Nullable SpaceKey from) {
    TableParts parts = table.parts();
    int first = from == null ? 0 : parts.find(from.keySpace(), from.key(), Long.MAX_VALUE);
    TableCursor cursor = new TableCursor(table, ALL_KEY_SPACES, null, false, Long.MAX_VALUE, first);
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
    byte[] start = from == null ? new byte[0] : from;
    int first = table.parts().find(keySpace, start, Long.MAX_VALUE);
    TableCursor cursor = new TableCursor(table, keySpace, to, true, timestamp, first);
    cursor.seek(keySpace, start);
    return cursor;
  }

  /** Goes to a key in the part that it would be in. */
  private void seek(int keySpace, byte[] start) {
    int first = index.find(keySpace, start, Long.MAX_VALUE);
    if (index.keySpace(first) == keySpace) {
      enter(first);
      int found = view.seek(start, 0, start.length, Long.MAX_VALUE);
      if (past) {
        findInForce(found);
      }
      at = found - 1;
    } else {
      block = first;
      // The key space, if the table has it, starts with the block after, unless with the first.
      block -= Integer.compareUnsigned(index.keySpace(first), keySpace) > 0 ? 1 : 0;
      at = -1;
      count = 0;
    }
  }

  private void enterPart(int number) {
    TablePart entered = fillsCache ? table.part(number) : table.peekPart(number);
    index = entered != null ? entered.index() : table.index(number);
    part = entered;
    partNumber = number;
    block = -1;
  }

  private void enter(int number) {
    byte[] raw = held(number);
    if (raw == null) {
      raw = ahead.read(index, number, own);
      if (!fillsCache) {
        own = raw;
      } else if (part != null) {
        part.keep(number, raw);
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

  private byte @Nullable [] held(int number) {
    if (part == null) {
      return null;
    }
    return fillsCache ? part.cached(number) : part.peek(number);
  }

  /** Finds what may be visible in the block from an entry on. */
  private void findInForce(int from) {
    if (inForce.length < count) {
      inForce = new int[count + (count >>> 2)];
    }
    view.findInForce(from, timestamp, inForce);
  }

  @Override
  public boolean next() {
    keyAt = -1;
    if (past) {
      return passUnseen(at + 1);
    }
    return ++at < count || nextBlock();
  }

  /**
   * Goes to the first version from one on that was in force at the timestamp, or to the last of the
   * blocks that are passed for it: no more of them are read at once.
   */
  private boolean passUnseen(int from) {
    int found = from < count ? inForce[from] : count;
    for (int passed = 0; found == count; passed++) {
      if (passed == PASSED_BLOCKS_MAX) {
        at = count - 1;
        chosen = false;
        return true;
      }
      if (!nextBlock()) {
        return false;
      }
      findInForce(0);
      found = inForce[0];
    }
    at = found;
    chosen = true;
    return true;
  }

  private boolean nextBlock() {
    int number = block + 1;
    boolean leaves = number >= index.count();
    if (leaves ? !isWanted(parts.firsts(), partNumber + 1) : !isWanted(index.firsts(), number)) {
      at = count;
      return false;
    }
    if (leaves) {
      enterPart(partNumber + 1);
      number = 0;
    }
    enter(number);
    at = 0;
    return true;
  }

  private boolean isWanted(FirstKeys firsts, int number) {
    return number < firsts.count()
        && (onlyKeySpace == ALL_KEY_SPACES
            || (firsts.keySpace(number) == onlyKeySpace
                && (to == null || firsts.isBelow(number, onlyKeySpace, to))));
  }

  @Override
  public boolean nextKey() {
    // Of a key one version at most is in force.
    if (single || past || at < 0) {
      return next();
    }
    return passBeyond(-1);
  }

  @Override
  public boolean skipNewer(long timestamp) {
    return single || (past && at + 1 < count) ? next() : passBeyond(timestamp);
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
      return true;
    }
    if (follows == count && !goesOn()) {
      return next();
    }
    byte[] present = view.key(at);
    int space = view.keySpace();
    // The present version itself is passed, whatever the timestamp.
    long before = Math.min(timestamp, view.begin(at) - 1);
    int found = view.seek(present, 0, present.length, before);
    if (found == count) {
      int wanted = parts.find(space, present, before);
      if (wanted > partNumber) {
        enterPart(wanted);
      }
      int number = index.find(space, present, before);
      if (number > block) {
        enter(number);
        found = view.seek(present, 0, present.length, before);
        if (past && found < count) {
          findInForce(found);
        }
      }
    }
    at = found - 1;
    return next();
  }

  /** Whether the next block, if there is one, starts with the present key. */
  private boolean goesOn() {
    boolean leaves = block + 1 >= index.count();
    FirstKeys firsts = leaves ? parts.firsts() : index.firsts();
    return firsts.is(leaves ? partNumber + 1 : block + 1, view.keySpace(), view.key(at));
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
  public long keyTail() {
    return view.keyTail(at);
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
  public boolean isInForce(long asked) {
    return chosen && asked == timestamp || EntryCursor.super.isInForce(asked);
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
    ahead.close();
  }
}
