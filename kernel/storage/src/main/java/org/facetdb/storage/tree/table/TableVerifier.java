package org.facetdb.storage.tree.table;

import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.jspecify.annotations.Nullable;

/** Verifies a table in full: checksums, order, index, filter and totals. Stateless. */
public final class TableVerifier {
  private TableVerifier() {}

  /** Verifies the checksum of every block. */
  public static void verifyBlocks(TableReader table) {
    byte[] stored = new byte[0];
    for (int number = 0; number < table.parts().count(); number++) {
      TableIndex index = table.index(number);
      table.filter(number);
      for (int block = 0; block < index.count(); block++) {
        if (stored.length < index.length(block)) {
          stored = new byte[index.length(block) * 2];
        }
        read(table, index, block, stored);
        StoredBlock.verify(
            stored, index.length(block), TableFormat.DATA, table.table(), index.position(block));
      }
    }
  }

  private static void read(TableReader table, TableIndex index, int block, byte[] stored) {
    int count = table.readStored(index.position(block), stored, index.length(block));
    if (count < index.length(block)) {
      throw TableFormat.damaged(
          table.place(), index.position(block), index.length(block) + " bytes", count + " bytes");
    }
  }

  /** Adds a line for whatever is wrong with a table: file, offset, expected and found. */
  public static void verify(TableReader table, List<String> problems) {
    Walk walk = new Walk(table, problems);
    for (int number = 0; number < table.parts().count(); number++) {
      walk.part(number);
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

    /** Where the next block begins; -1 if that is not known. */
    private long expectedAt = TableFormat.HEADER_BYTES;

    Walk(TableReader table, List<String> problems) {
      this.table = table;
      this.problems = problems;
    }

    private void problem(long offset, String expected, String found) {
      damaged = true;
      problems.add(
          String.valueOf(TableFormat.damaged(table.place(), offset, expected, found).getMessage()));
    }

    private void damage(StorageException e) {
      damaged = true;
      problems.add(String.valueOf(e.getMessage()));
    }

    void part(int number) {
      HashFilter filter = null;
      try {
        filter = table.filter(number);
      } catch (StorageException e) {
        damage(e);
      }
      try {
        part(table.index(number), filter);
      } catch (StorageException e) {
        damage(e);
        expectedAt = -1;
      }
    }

    private void part(TableIndex index, @Nullable HashFilter filter) {
      for (int block = 0; block < index.count(); block++) {
        long position = index.position(block);
        if (expectedAt >= 0 && position != expectedAt) {
          problem(position, "a block at offset " + expectedAt, "none before this one");
        }
        expectedAt = position + index.length(block);
        try {
          byte[] stored = new byte[index.length(block)];
          read(table, index, block, stored);
          BlockView view = new BlockView();
          view.reset(table.decode(index, block, stored, 0, new byte[0]));
          if (view.isSound()) {
            block(index, filter, block, view);
          } else {
            problem(position, "a sound block", "columns that do not fit");
          }
        } catch (StorageException e) {
          damage(e);
        } catch (IndexOutOfBoundsException e) {
          problem(position, "a sound block", String.valueOf(e.getMessage()));
        }
      }
    }

    private void block(TableIndex index, @Nullable HashFilter filter, int block, BlockView view) {
      FirstKeys firsts = index.firsts();
      long position = index.position(block);
      if (!firsts.is(block, view.keySpace(), view.key(0)) || firsts.begin(block) != view.begin(0)) {
        problem(position, "the first entry that the index names", "another one");
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
          problem(position, "entries in order", "entry " + i + " before the one before it");
        }
        if (view.end(i) <= view.begin(i) || (isHistory == (view.end(i) == EntryCursor.OPEN))) {
          problem(position, "an end that fits", "entry " + i + " with end " + view.end(i));
        }
        long hash = Bytes.hash(view.keySpace(), key, 0, key.length);
        if (filter != null && !filter.mayContain(hash)) {
          problem(position, "keys that the filter has", "entry " + i + " that it lacks");
        }
        if (!table.covers(view.keySpace(), key, 0, key.length)) {
          problem(position, "keys in the table's range", "entry " + i + " outside");
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
      if (!damaged && (entries != info.entries() || removals != info.removals())) {
        problem(
            info.bytes(),
            info.entries() + " entries and " + info.removals() + " removals",
            entries + " and " + removals);
      }
    }
  }
}
