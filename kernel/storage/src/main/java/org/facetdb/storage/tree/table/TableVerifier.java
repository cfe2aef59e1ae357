package org.facetdb.storage.tree.table;

import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;

/** Verifies a table in full: checksums, order, index, filter and totals. Stateless. */
public final class TableVerifier {
  private TableVerifier() {}

  /** Verifies the checksum of every data block. */
  public static void verifyBlocks(TableReader table) {
    TableIndex index = table.index();
    byte[] stored = new byte[0];
    for (int block = 0; block < index.count(); block++) {
      if (stored.length < index.length(block)) {
        stored = new byte[index.length(block) * 2];
      }
      read(table, block, stored);
      TableTail.verify(
          stored, index.length(block), TableFormat.DATA, table.place(), index.position(block));
    }
  }

  private static void read(TableReader table, int block, byte[] stored) {
    TableIndex index = table.index();
    int count = table.readStored(index.position(block), stored, index.length(block));
    if (count < index.length(block)) {
      throw TableFormat.damaged(
          table.place(), index.position(block), index.length(block) + " bytes", count + " bytes");
    }
  }

  /** Adds a line for whatever is wrong with a table. */
  public static void verify(TableReader table, List<String> problems) {
    TableIndex index = table.index();
    Walk walk = new Walk(table, problems);
    long expectedAt = TableFormat.HEADER_BYTES;
    for (int block = 0; block < index.count(); block++) {
      try {
        if (index.position(block) != expectedAt) {
          problems.add(
              "%s: block %d lies at %d, not at %d"
                  .formatted(table.place(), block, index.position(block), expectedAt));
        }
        expectedAt = index.position(block) + index.length(block);
        byte[] stored = new byte[index.length(block)];
        read(table, block, stored);
        BlockView view = new BlockView();
        view.reset(table.decode(block, stored, 0));
        if (!view.isSound()) {
          problems.add("%s: block %d has columns that do not fit".formatted(table.place(), block));
        } else {
          walk.block(block, view);
        }
      } catch (StorageException | IndexOutOfBoundsException e) {
        problems.add(table.place() + ": block " + block + ": " + e.getMessage());
      }
    }
    walk.end();
  }

  /** Follows the entries of a table in order. */
  private static final class Walk {
    private final TableReader table;
    private final List<String> problems;
    private byte[] lastKey = {};
    private int lastKeySpace = -1;
    private long lastBegin;
    private long entries;
    private long removals;
    private boolean damaged;

    Walk(TableReader table, List<String> problems) {
      this.table = table;
      this.problems = problems;
    }

    private void problem(int block, int at, String text) {
      damaged = true;
      problems.add("%s: block %d entry %d: %s".formatted(table.place(), block, at, text));
    }

    void block(int block, BlockView view) {
      TableIndex index = table.index();
      if (index.keySpace(block) != view.keySpace()
          || !Arrays.equals(index.firstKey(block), view.key(0))
          || index.firstBegin(block) != view.begin(0)) {
        problem(block, 0, "the index names another first entry");
      }
      for (int i = 0; i < view.count(); i++) {
        byte[] key = view.key(i);
        int order = Integer.compareUnsigned(lastKeySpace, view.keySpace());
        if (entries > 0 && order == 0) {
          order = Arrays.compareUnsigned(lastKey, key);
        } else if (entries == 0) {
          order = -1;
        }
        boolean isHistory = table.info().kind() == TableKind.HISTORY;
        if (order > 0 || (order == 0 && (!isHistory || lastBegin <= view.begin(i)))) {
          problem(block, i, "entries are out of order");
        }
        if (view.end(i) <= view.begin(i) || (isHistory == (view.end(i) == EntryCursor.OPEN))) {
          problem(block, i, "a version ends at the wrong time: end=" + view.end(i));
        }
        if (!table.mayContain(Bytes.hash(view.keySpace(), key, 0, key.length))) {
          problem(block, i, "the filter lacks the key");
        }
        if (!table.covers(view.keySpace(), key, 0, key.length)) {
          problem(block, i, "the key lies outside the table's range");
        }
        entries++;
        removals += view.deleted(i) ? 1 : 0;
        lastKey = key;
        lastKeySpace = view.keySpace();
        lastBegin = view.begin(i);
      }
    }

    void end() {
      TableInfo info = table.info();
      if (!damaged
          && problems.isEmpty()
          && (entries != info.entries() || removals != info.removals())) {
        problems.add(
            "%s: holds %d entries and %d removals, not %d and %d"
                .formatted(table.place(), entries, removals, info.entries(), info.removals()));
      }
    }
  }
}
