package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.manifest.Manifest;
import org.facetdb.storage.tree.table.BlockCache;
import org.facetdb.storage.tree.table.TableReader;
import org.facetdb.storage.tree.table.TableVerifier;

/** Reads the files of a tree in full and says what is wrong with them. Stateless. */
final class TreeCheck {
  private TreeCheck() {}

  /** Verifies tables in full, smallest first, up to a sum of their sizes. */
  static void verifyOnOpen(TreeContents contents, long bytesMax) {
    View view = contents.acquire();
    try {
      List<TableReader> tables = tables(view.version());
      tables.sort((a, b) -> Long.compare(a.info().bytes(), b.info().bytes()));
      long bytes = 0;
      for (TableReader table : tables) {
        bytes += table.info().bytes();
        if (bytes > bytesMax) {
          break;
        }
        TableVerifier.verifyBlocks(table);
      }
    } finally {
      view.version().release();
    }
  }

  private static List<TableReader> tables(Version version) {
    List<TableReader> tables = new ArrayList<>();
    for (TableReader[][] levels : List.of(version.current(), version.history())) {
      for (TableReader[] level : levels) {
        tables.addAll(List.of(level));
      }
    }
    return tables;
  }

  /** Reads every file again, also what opening has read, and lists what is wrong. */
  static List<String> check(TreeContents contents, Version version) {
    List<String> problems = new ArrayList<>();
    contents.lock().lock();
    try {
      if (!Manifest.read(contents.files()).equals(contents.state())) {
        problems.add("the manifest does not say what the open tree holds");
      }
    } catch (StorageException e) {
      problems.add(String.valueOf(e.getMessage()));
    } finally {
      contents.lock().unlock();
    }
    BlockCache none = new BlockCache(0);
    for (TableReader table : tables(version)) {
      try {
        TableReader fresh = TableReader.open(contents.files(), table.info(), none);
        try {
          TableVerifier.verify(fresh, problems);
        } finally {
          fresh.release();
        }
      } catch (StorageException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    checkLevels(version.current(), problems);
    checkLevels(version.history(), problems);
    return problems;
  }

  private static void checkLevels(TableReader[][] levels, List<String> problems) {
    for (int level = 1; level < levels.length; level++) {
      for (int i = 1; i < levels[level].length; i++) {
        TableReader left = levels[level][i - 1];
        TableReader right = levels[level][i];
        if (left.info().largest().compareTo(right.info().smallest()) >= 0) {
          problems.add(
              "tables of one level overlap: level="
                  + level
                  + " left="
                  + left.info()
                  + " right="
                  + right.info());
        }
      }
    }
  }
}
