package org.facetdb.storage.tree.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.SpaceKey;

/**
 * The raw bytes of a directory block, see {@link TableFormat}: made from what a writer has put into
 * the file, and read in their order. Used by one thread.
 */
final class TableDirectory {
  /** What a part takes without its first key. */
  private static final int PART_BYTES = 2 * BlockHandle.BYTES + 20;

  private static final int TOTALS_BYTES = 40;
  private static final int BOUND_BYTES = 8;

  private final byte[] raw;
  private final String place;
  private final long position;
  private final long limit;
  private int at;

  /**
   * Reads a directory.
   *
   * @param position where the block lies in the file
   * @param limit where the blocks end
   */
  TableDirectory(byte[] raw, String place, long position, long limit) {
    this.raw = raw;
    this.place = place;
    this.position = position;
    this.limit = limit;
  }

  /** The bytes of a directory of a table with at least one part. */
  static byte[] encode(FirstKeys firsts, List<TableParts.Place> parts, TableInfo info) {
    int length = 4 + parts.size() * PART_BYTES + TOTALS_BYTES + 2 * BOUND_BYTES;
    length += info.smallest().key().length + info.largest().key().length;
    for (int part = 0; part < parts.size(); part++) {
      length += firsts.key(part).length;
    }
    byte[] raw = new byte[length];
    Bytes.putInt(raw, 0, parts.size());
    int at = 4;
    for (int part = 0; part < parts.size(); part++) {
      TableParts.Place place = parts.get(part);
      place.index().put(raw, at);
      place.filter().put(raw, at + BlockHandle.BYTES);
      at += 2 * BlockHandle.BYTES;
      Bytes.putInt(raw, at, place.blocks());
      Bytes.putLong(raw, at + 4, firsts.begin(part));
      at = putKey(raw, at + 12, firsts.keySpace(part), firsts.key(part));
    }
    long[] totals = {
      info.entries(), info.removals(), info.minBegin(), info.maxBegin(), info.maxEnd()
    };
    for (long number : totals) {
      Bytes.putLong(raw, at, number);
      at += 8;
    }
    for (SpaceKey bound : List.of(info.smallest(), info.largest())) {
      at = putKey(raw, at, bound.keySpace(), bound.key());
    }
    return raw;
  }

  private static int putKey(byte[] raw, int at, int keySpace, byte[] key) {
    Bytes.putInt(raw, at, keySpace);
    Bytes.putInt(raw, at + 4, key.length);
    System.arraycopy(key, 0, raw, at + BOUND_BYTES, key.length);
    return at + BOUND_BYTES + key.length;
  }

  /** Goes on behind so many bytes, which must be there; returns where they begin. */
  private int pass(int bytes) {
    int start = at;
    if (bytes < 0 || bytes > raw.length - at) {
      throw TableFormat.damaged(
          place, position, "a directory of more than " + raw.length + " bytes", "no more");
    }
    at += bytes;
    return start;
  }

  private int count(int bytesOfEach) {
    int count = Bytes.getInt(raw, pass(4));
    if (count < 1 || count > raw.length / bytesOfEach) {
      throw TableFormat.damaged(place, position, "one part or more", "parts: " + count);
    }
    return count;
  }

  private BlockHandle handle() {
    return BlockHandle.of(raw, pass(BlockHandle.BYTES), place, limit);
  }

  private SpaceKey key() {
    int start = pass(BOUND_BYTES);
    int length = Bytes.getInt(raw, start + 4);
    int from = pass(length);
    return new SpaceKey(Bytes.getInt(raw, start), Arrays.copyOfRange(raw, from, from + length));
  }

  /** The index blocks of a table without parts; they come first. */
  List<BlockHandle> indexBlocks() {
    List<BlockHandle> handles = new ArrayList<>();
    for (int i = count(BlockHandle.BYTES); i > 0; i--) {
      handles.add(handle());
    }
    return handles;
  }

  /** The parts, which come first. */
  TableParts parts() {
    int count = count(PART_BYTES);
    int[] keySpaces = new int[count];
    byte[][] keys = new byte[count][];
    long[] begins = new long[count];
    List<TableParts.Place> parts = new ArrayList<>();
    SpaceKey before = null;
    for (int part = 0; part < count; part++) {
      BlockHandle index = handle();
      BlockHandle filter = handle();
      int start = pass(12);
      int blocks = Bytes.getInt(raw, start);
      parts.add(new TableParts.Place(index, filter, blocks));
      begins[part] = Bytes.getLong(raw, start + 4);
      SpaceKey first = key();
      if (blocks < 1 || (before != null && before.compareTo(first) > 0)) {
        throw TableFormat.damaged(
            place, position, "parts with blocks, in order", "part " + part + " of others");
      }
      before = first;
      keySpaces[part] = first.keySpace();
      keys[part] = first.key();
    }
    return new TableParts(new FirstKeys(keySpaces, keys, begins), parts);
  }

  /** What is known of the table, which follows: number, kind and size are given. */
  TableInfo info(TableInfo given) {
    int start = pass(TOTALS_BYTES);
    SpaceKey smallest = key();
    SpaceKey largest = key();
    return new TableInfo(
        given.number(),
        given.kind(),
        given.bytes(),
        Bytes.getLong(raw, start),
        Bytes.getLong(raw, start + 8),
        smallest,
        largest,
        Bytes.getLong(raw, start + 16),
        Bytes.getLong(raw, start + 24),
        Bytes.getLong(raw, start + 32));
  }
}
