package org.facetdb.storage.tree.table;

import java.util.List;

/**
 * What a table holds on the heap for its life: where its parts lie, and the first key and begin of
 * each. Immutable. A table whose version has no parts is one part, which lies nowhere.
 */
final class TableParts {
  /**
   * Where a part lies.
   *
   * @param index its index block
   * @param filter its filter block
   * @param blocks how many data blocks it has
   */
  record Place(BlockHandle index, BlockHandle filter, int blocks) {}

  private final FirstKeys firsts;
  private final List<Place> places;

  TableParts(FirstKeys firsts, List<Place> places) {
    this.firsts = firsts;
    this.places = List.copyOf(places);
  }

  /** The one part of a table without parts. */
  static TableParts whole(TableIndex index) {
    FirstKeys all = index.firsts();
    FirstKeys first =
        new FirstKeys(
            new int[] {all.keySpace(0)}, new byte[][] {all.key(0)}, new long[] {all.begin(0)});
    BlockHandle none = new BlockHandle(0, 0);
    return new TableParts(first, List.of(new Place(none, none, index.count())));
  }

  int count() {
    return firsts.count();
  }

  FirstKeys firsts() {
    return firsts;
  }

  Place place(int part) {
    return places.get(part);
  }

  /** The last part whose first entry is at or before (key, begin); the first if there is none. */
  int find(int keySpace, byte[] key, long begin) {
    return firsts.find(keySpace, key, begin);
  }
}
