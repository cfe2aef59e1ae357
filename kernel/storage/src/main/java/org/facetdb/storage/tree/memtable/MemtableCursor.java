package org.facetdb.storage.tree.memtable;

import org.facetdb.storage.tree.entry.EntryCursor;
import org.jspecify.annotations.Nullable;

/**
 * Walks the versions of a memtable in place. Used by one thread, beside the writer: it sees all
 * commits that its thread knew of when it was made, and perhaps later ones.
 */
final class MemtableCursor implements EntryCursor {
  private static final byte[] EMPTY = {};

  private final VersionArena arena;
  private final int[] keySpaces;
  private final KeyTree[] trees;
  private int tree;
  private KeyTree.@Nullable Leaf leaf;
  private byte[] order = EMPTY;
  private int index = -1;
  private int slot;
  private int key;
  private int version;
  private long end;

  MemtableCursor(VersionArena arena, int[] keySpaces, KeyTree[] trees, byte @Nullable [] from) {
    this.arena = arena;
    this.keySpaces = keySpaces;
    this.trees = trees;
    if (trees.length > 0) {
      if (from == null) {
        enter(trees[0].firstLeaf());
      } else {
        KeyTree.Leaf start = trees[0].leaf(from, 0, from.length);
        enter(start);
        index = trees[0].lowerBound(start, order, from, 0, from.length) - 1;
      }
    }
  }

  private void enter(KeyTree.Leaf next) {
    leaf = next;
    order = next.order();
    index = -1;
  }

  @Override
  public boolean next() {
    if (version != 0) {
      int previous = arena.previous(version);
      if (previous != 0) {
        end = arena.begin(version);
        version = previous;
        return true;
      }
    }
    return nextKey();
  }

  @Override
  public boolean nextKey() {
    KeyTree.Leaf at = leaf;
    while (at != null) {
      if (++index < order.length) {
        slot = order[index];
        key = at.keys[slot];
        version = at.newestVersion(slot);
        end = OPEN;
        return true;
      }
      at = at.next();
      if (at == null && ++tree < trees.length) {
        at = trees[tree].firstLeaf();
      }
      if (at == null) {
        leaf = null;
      } else {
        enter(at);
      }
    }
    return false;
  }

  @Override
  public int keySpace() {
    return keySpaces[tree];
  }

  @Override
  public byte[] keyArray() {
    return arena.chunk(key);
  }

  @Override
  public int keyOffset() {
    return arena.keyOffset(key);
  }

  @Override
  public int keyLength() {
    return arena.keyLength(key);
  }

  @Override
  public long keyHead() {
    KeyTree.Leaf at = leaf;
    return at == null ? 0 : at.high[slot];
  }

  @Override
  public long begin() {
    return arena.begin(version);
  }

  @Override
  public long end() {
    return end;
  }

  @Override
  public boolean deleted() {
    return arena.deleted(version);
  }

  @Override
  public byte[] valueArray() {
    return arena.chunk(version);
  }

  @Override
  public int valueOffset() {
    return arena.valueOffset(version);
  }

  @Override
  public int valueLength() {
    return arena.valueLength(version);
  }

  @Override
  public void close() {
    leaf = null;
  }
}
