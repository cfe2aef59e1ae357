package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.manifest.KeySpaceState;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;

/** States of a tree and compactions as text, for tests of what is picked; there are no files. */
final class TestTables {
  static final int KEY_SPACES = 9;

  private TestTables() {}

  static TableInfo table(
      long number, TableKind kind, long bytes, SpaceKey smallest, SpaceKey largest) {
    long end = kind == TableKind.CURRENT ? Long.MAX_VALUE : number + 1;
    return new TableInfo(number, kind, bytes, bytes, 0, smallest, largest, number, number, end);
  }

  /** A key, such as "m" of key space 1 and "3m" of key space 3. */
  static SpaceKey key(String text) {
    boolean named = Character.isDigit(text.charAt(0));
    int keySpace = named ? text.charAt(0) - '0' : 1;
    return new SpaceKey(keySpace, text.substring(named ? 1 : 0).getBytes());
  }

  /**
   * A state: a line for each level, "1: 7:a-m*20 8:n-z", with tables of a number, a range and bytes
   * (10 if not given); "h0: …" for a run of the history.
   */
  static TreeState state(String text) {
    List<Change> edit = new ArrayList<>();
    keySpaces().forEach((id, space) -> edit.add(new Change.PutKeySpace(id, space)));
    for (String line : text.strip().lines().toList()) {
      String[] words = line.strip().split("[: ]+", 2);
      TableKind kind = words[0].startsWith("h") ? TableKind.HISTORY : TableKind.CURRENT;
      int level = Integer.parseInt(words[0].replace("h", ""));
      for (String word : words[1].split(" ")) {
        String[] parts = word.split("[:*-]");
        long bytes = parts.length > 3 ? Long.parseLong(parts[3]) : 10;
        TableInfo table =
            table(Long.parseLong(parts[0]), kind, bytes, key(parts[1]), key(parts[2]));
        edit.add(new Change.AddTable(level, table));
      }
    }
    edit.add(new Change.NextFile(1_000));
    return TreeState.empty().with(edit);
  }

  /** Key spaces that are kept for ever. */
  static SortedMap<Integer, KeySpaceState> keySpaces() {
    SortedMap<Integer, KeySpaceState> spaces = new TreeMap<>();
    for (int id = 1; id <= KEY_SPACES; id++) {
      spaces.put(id, new KeySpaceState(KeySpaceOptions.keepForEver(), 0, 0));
    }
    return Collections.unmodifiableSortedMap(spaces);
  }

  static Retention retention(TreeState state) {
    return Retention.cut(state.keySpaces(), new HashMap<>(), new TestHost());
  }

  /** A compaction, such as "merge 3 2 + 1 to 1", "move 3 to 1", "drop 3" or "none". */
  static String text(Compaction compaction) {
    return switch (compaction) {
      case null -> "none";
      case Compaction.Move move -> "move " + move.table().number() + " to " + move.toLevel();
      case Compaction.Drop drop -> "drop " + numbers(drop.tables());
      case Compaction.Merge merge ->
          "merge "
              + merge.inputs().stream().map(TestTables::numbers).collect(Collectors.joining(" + "))
              + " to "
              + merge.toLevel();
    };
  }

  private static String numbers(List<TableInfo> tables) {
    return tables.stream().map(table -> "" + table.number()).collect(Collectors.joining(" "));
  }
}
