package org.facetdb.storage.staged;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The staged writes that are in memory, one for each key, by key space and key.
 *
 * <p>Used by one thread at a time. Invariant: while {@code spaces} is null there is one write at
 * most, the one in the fields; many transactions have no more, and maps would cost them more than
 * the write.
 */
final class MemoryWrites {
  /** Takes a write. */
  interface Visitor {
    void visit(int keySpace, byte[] key, StagedWrite write);
  }

  private int onlySpace;
  private byte @Nullable [] onlyKey;
  private @Nullable StagedWrite only;
  private @Nullable NavigableMap<Integer, NavigableMap<byte[], StagedWrite>> spaces;

  boolean isEmpty() {
    NavigableMap<Integer, NavigableMap<byte[], StagedWrite>> many = spaces;
    if (many == null) {
      return only == null;
    }
    for (NavigableMap<byte[], StagedWrite> writes : many.values()) {
      if (!writes.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** Whether there are writes in a key space. */
  boolean has(int keySpace) {
    NavigableMap<Integer, NavigableMap<byte[], StagedWrite>> many = spaces;
    if (many == null) {
      return only != null && onlySpace == keySpace;
    }
    NavigableMap<byte[], StagedWrite> writes = many.get(keySpace);
    return writes != null && !writes.isEmpty();
  }

  private boolean isOnly(int keySpace, byte[] key) {
    byte[] known = onlyKey;
    return known != null && onlySpace == keySpace && Arrays.equals(known, key);
  }

  /** The write of a key, null if there is none. */
  @Nullable StagedWrite get(int keySpace, byte[] key) {
    NavigableMap<Integer, NavigableMap<byte[], StagedWrite>> many = spaces;
    if (many == null) {
      return isOnly(keySpace, key) ? only : null;
    }
    NavigableMap<byte[], StagedWrite> writes = many.get(keySpace);
    return writes == null ? null : writes.get(key);
  }

  /** Takes a write in the place of another of its key. */
  void put(int keySpace, byte[] key, StagedWrite write) {
    if (spaces == null && (only == null || isOnly(keySpace, key))) {
      onlySpace = keySpace;
      onlyKey = key;
      only = write;
    } else {
      many().computeIfAbsent(keySpace, id -> newMap()).put(key, write);
    }
  }

  void remove(int keySpace, byte[] key) {
    if (isOnly(keySpace, key)) {
      onlyKey = null;
      only = null;
    }
    NavigableMap<Integer, NavigableMap<byte[], StagedWrite>> many = spaces;
    NavigableMap<byte[], StagedWrite> writes = many == null ? null : many.get(keySpace);
    if (writes != null) {
      writes.remove(key);
    }
  }

  void clear() {
    onlyKey = null;
    only = null;
    spaces = null;
  }

  /** The writes of a key space by key, null if there are none. */
  @Nullable NavigableMap<byte[], StagedWrite> ofSpace(int keySpace) {
    return has(keySpace) ? many().get(keySpace) : null;
  }

  /** Visits all writes in order of key space and key. */
  void forEach(Visitor visitor) {
    byte[] key = onlyKey;
    StagedWrite write = only;
    if (key != null && write != null) {
      visitor.visit(onlySpace, key, write);
    }
    NavigableMap<Integer, NavigableMap<byte[], StagedWrite>> many = spaces;
    if (many != null) {
      for (Map.Entry<Integer, NavigableMap<byte[], StagedWrite>> space : many.entrySet()) {
        int keySpace = space.getKey();
        space.getValue().forEach((ofSpace, value) -> visitor.visit(keySpace, ofSpace, value));
      }
    }
  }

  /** Adds the key spaces that writes are in. */
  void addSpaces(Set<Integer> target) {
    if (only != null) {
      target.add(onlySpace);
    }
    NavigableMap<Integer, NavigableMap<byte[], StagedWrite>> many = spaces;
    if (many != null) {
      target.addAll(many.keySet());
    }
  }

  private NavigableMap<Integer, NavigableMap<byte[], StagedWrite>> many() {
    NavigableMap<Integer, NavigableMap<byte[], StagedWrite>> many = spaces;
    if (many == null) {
      many = new TreeMap<>();
      byte[] key = onlyKey;
      StagedWrite write = only;
      if (key != null && write != null) {
        many.computeIfAbsent(onlySpace, id -> newMap()).put(key, write);
      }
      onlyKey = null;
      only = null;
      spaces = many;
    }
    return many;
  }

  private static NavigableMap<byte[], StagedWrite> newMap() {
    return new TreeMap<>(Arrays::compareUnsigned);
  }
}
