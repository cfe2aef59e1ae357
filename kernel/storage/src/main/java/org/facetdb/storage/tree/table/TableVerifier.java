package org.facetdb.storage.tree.table;

import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;

/** Verifies a table in full: checksums, order, index, filter and totals. Stateless. */
public final class TableVerifier {
  private TableVerifier() {}

  /** Verifies the checksum of every block. */
  public static void verifyBlocks(TableReader table) {
    byte[] stored = new byte[0];
    for (int number = 0; number < table.parts().count(); number++) {
      TableIndex index = table.readPart(number).index();
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
      try {
        walk.part(table.readPart(number));
      } catch (StorageException e) {
        walk.damaged = true;
        walk.expectedAt = -1;
        problems.add(String.valueOf(e.getMessage()));
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

    void part(TablePart part) {
      TableIndex index = part.index();
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
          view.reset(table.decode(index, block, stored, 0));
          if (view.isSound()) {
            block(part, block, view);
          } else {
            problem(position, "a sound block", "columns that do not fit");
          }
        } catch (StorageException e) {
          damaged = true;
          problems.add(String.valueOf(e.getMessage()));
        } catch (IndexOutOfBoundsException e) {
          problem(position, "a sound block", String.valueOf(e.getMessage()));
        }
      }
    }

    private void block(TablePart part, int block, BlockView view) {
      FirstKeys firsts = part.index().firsts();
      long position = part.index().position(block);
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
        if (!part.mayContain(Bytes.hash(view.keySpace(), key, 0, key.length))) {
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
