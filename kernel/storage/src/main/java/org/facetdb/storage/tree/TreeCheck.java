package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.tree.manifest.Manifest;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.BlockCache;
import org.facetdb.storage.tree.table.TableFormat;
import org.facetdb.storage.tree.table.TableInfo;
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
      problems.add(damage(e));
    } finally {
      contents.lock().unlock();
    }
    for (TableReader table : tables(version)) {
      checkTable(contents.files(), table.info(), problems);
    }
    checkLevels(contents.files(), infos(version.current()), problems);
    checkLevels(contents.files(), infos(version.history()), problems);
    return problems;
  }

  /** Reads every table that a state names, and lists what is wrong. */
  static List<String> check(FileSystem files, TreeState state) {
    List<String> problems = new ArrayList<>();
    for (TableInfo table : state.tables()) {
      checkTable(files, table, problems);
    }
    checkLevels(files, state.current(), problems);
    checkLevels(files, List.copyOf(state.history().values()), problems);
    return problems;
  }

  private static String damage(StorageException e) {
    if (e.category() != StorageException.Category.CORRUPTION) {
      throw e;
    }
    return String.valueOf(e.getMessage());
  }

  private static List<List<TableInfo>> infos(TableReader[][] levels) {
    List<List<TableInfo>> infos = new ArrayList<>();
    for (TableReader[] level : levels) {
      infos.add(Stream.of(level).map(TableReader::info).toList());
    }
    return infos;
  }

  private static void checkTable(FileSystem files, TableInfo info, List<String> problems) {
    try {
      TableReader table = TableReader.open(files, info, new BlockCache(0), false);
      try {
        TableVerifier.verify(table, problems);
      } finally {
        table.release();
      }
    } catch (StorageException e) {
      problems.add(damage(e));
    }
  }

  private static void checkLevels(
      FileSystem files, List<List<TableInfo>> levels, List<String> problems) {
    for (List<TableInfo> level : levels.subList(1, levels.size())) {
      for (int i = 1; i < level.size(); i++) {
        TableInfo left = level.get(i - 1);
        TableInfo right = level.get(i);
        if (left.largest().compareTo(right.smallest()) >= 0) {
          problems.add(
              damage(
                  StorageException.corruption(
                      files.describe(TableFormat.fileName(right.number())),
                      0,
                      "keys above those of table " + left.number() + " of the same level",
                      "ranges that meet")));
        }
      }
    }
  }
}
