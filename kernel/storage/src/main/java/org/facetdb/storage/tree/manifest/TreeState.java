package org.facetdb.storage.tree.manifest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;

/**
 * What the manifest says. Immutable.
 *
 * <p>Level 0 of the current tree lists tables newest first, ranges may meet; each level below is in
 * key order and its ranges do not meet. Versions of a key are newer in a smaller level.
 *
 * <p>The history tree is a list of runs. Run 0 holds what arrived last, as level 0 does; each other
 * run is in key order and its ranges do not meet. Any run may hold versions of any time; how little
 * that is so is the compaction's affair.
 *
 * @param nextFile smallest file number never given out
 * @param nextKeySpace smallest key-space id never given out
 * @param flushedSequence every commit up to it is in tables
 * @param lastTimestamp timestamp of that commit
 * @param newestSegment number of the newest log segment that is known to have come into use, 0 if
 *     none is
 * @param keySpaces by id, those dropped but not gone included
 * @param current levels of the current tree
 * @param history runs of the history tree by number; there is always a run 0, no other is empty
 */
public record TreeState(
    long nextFile,
    int nextKeySpace,
    long flushedSequence,
    long lastTimestamp,
    long newestSegment,
    SortedMap<Integer, KeySpaceState> keySpaces,
    List<List<TableInfo>> current,
    SortedMap<Integer, List<TableInfo>> history) {
  /** Levels of the current tree. */
  public static final int LEVELS = 7;

  /** The state of a new tree. */
  public static TreeState empty() {
    List<List<TableInfo>> levels = Collections.nCopies(LEVELS, List.of());
    return new TreeState(1, 1, 0, 0, 0, Collections.emptySortedMap(), levels, noRuns());
  }

  private static SortedMap<Integer, List<TableInfo>> noRuns() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(Map.of(0, List.of())));
  }

  /** The levels of the current tree, or the runs of the history, by number. */
  public SortedMap<Integer, List<TableInfo>> levels(TableKind kind) {
    if (kind == TableKind.HISTORY) {
      return history;
    }
    SortedMap<Integer, List<TableInfo>> levels = new TreeMap<>();
    for (int level = 0; level < current.size(); level++) {
      levels.put(level, current.get(level));
    }
    return levels;
  }

  /** All tables. */
  public List<TableInfo> tables() {
    List<TableInfo> all = new ArrayList<>();
    current.forEach(all::addAll);
    history.values().forEach(all::addAll);
    return all;
  }

  /** The state after an edit. */
  public TreeState with(List<Change> edit) {
    long newNextFile = nextFile;
    int newNextKeySpace = nextKeySpace;
    long newSequence = flushedSequence;
    long newTimestamp = lastTimestamp;
    long newSegment = newestSegment;
    SortedMap<Integer, KeySpaceState> newSpaces = new TreeMap<>(keySpaces);
    List<List<TableInfo>> newCurrent = mutable(current);
    SortedMap<Integer, List<TableInfo>> newHistory = new TreeMap<>();
    history.forEach((run, tables) -> newHistory.put(run, new ArrayList<>(tables)));
    for (Change change : edit) {
      switch (change) {
        case Change.NextFile c -> newNextFile = c.number();
        case Change.NextKeySpace c -> newNextKeySpace = c.id();
        case Change.Flushed c -> {
          newSequence = c.sequence();
          newTimestamp = c.timestamp();
        }
        case Change.NewestSegment c -> newSegment = c.number();
        case Change.PutKeySpace c -> newSpaces.put(c.id(), c.state());
        case Change.ForgetKeySpace c -> newSpaces.remove(c.id());
        case Change.AddTable c ->
            (c.table().kind() == TableKind.CURRENT
                    ? newCurrent.get(c.level())
                    : newHistory.computeIfAbsent(c.level(), run -> new ArrayList<>()))
                .add(c.table());
        case Change.RemoveTable c -> {
          for (List<TableInfo> level :
              c.kind() == TableKind.CURRENT ? newCurrent : newHistory.values()) {
            level.removeIf(table -> table.number() == c.number());
          }
        }
      }
    }
    return new TreeState(
        newNextFile,
        newNextKeySpace,
        newSequence,
        newTimestamp,
        newSegment,
        Collections.unmodifiableSortedMap(newSpaces),
        sorted(newCurrent),
        sortedRuns(newHistory));
  }

  /**
   * This state with the key spaces of a timestamp: commits up to it may be in key spaces that were
   * made after this state.
   *
   * @param later a state that holds all key spaces made until then, and not dropped long before
   */
  public TreeState withKeySpacesOf(TreeState later, long timestamp) {
    List<Change> edit = new ArrayList<>();
    edit.add(new Change.NextKeySpace(Math.max(nextKeySpace, later.nextKeySpace)));
    later.keySpaces.forEach(
        (id, space) -> {
          KeySpaceState known = keySpaces.get(id);
          if (known == null || known.droppedAt() == 0) {
            long dropped = space.droppedAt() > timestamp ? 0 : space.droppedAt();
            long watermark = known == null ? 0 : known.watermark();
            edit.add(
                new Change.PutKeySpace(id, new KeySpaceState(space.options(), dropped, watermark)));
          }
        });
    return with(edit);
  }

  /** The key spaces alone, as bytes. */
  public byte[] encodeKeySpaces() {
    List<Change> edit = new ArrayList<>();
    edit.add(new Change.NextKeySpace(nextKeySpace));
    keySpaces.forEach((id, space) -> edit.add(new Change.PutKeySpace(id, space)));
    return EditCodec.encode(edit);
  }

  /**
   * A state without tables from what {@link #encodeKeySpaces} gave.
   *
   * @throws IllegalArgumentException if the bytes are others
   */
  public static TreeState decodeKeySpaces(byte[] bytes) {
    return empty().with(EditCodec.decode(bytes));
  }

  /** Changes that make this state out of an empty one. */
  public List<Change> asEdit() {
    List<Change> edit = new ArrayList<>();
    edit.add(new Change.NextFile(nextFile));
    edit.add(new Change.NextKeySpace(nextKeySpace));
    edit.add(new Change.Flushed(flushedSequence, lastTimestamp));
    edit.add(new Change.NewestSegment(newestSegment));
    keySpaces.forEach((id, space) -> edit.add(new Change.PutKeySpace(id, space)));
    for (TableKind kind : TableKind.values()) {
      levels(kind)
          .forEach(
              (level, tables) ->
                  tables.forEach(table -> edit.add(new Change.AddTable(level, table))));
    }
    return edit;
  }

  private static List<List<TableInfo>> mutable(List<List<TableInfo>> levels) {
    List<List<TableInfo>> copy = new ArrayList<>();
    levels.forEach(level -> copy.add(new ArrayList<>(level)));
    return copy;
  }

  private static List<List<TableInfo>> sorted(List<List<TableInfo>> levels) {
    List<List<TableInfo>> copy = new ArrayList<>();
    for (int level = 0; level < levels.size(); level++) {
      copy.add(sorted(level, levels.get(level)));
    }
    return List.copyOf(copy);
  }

  private static SortedMap<Integer, List<TableInfo>> sortedRuns(
      SortedMap<Integer, List<TableInfo>> runs) {
    SortedMap<Integer, List<TableInfo>> copy = new TreeMap<>();
    runs.forEach(
        (run, tables) -> {
          if (run == 0 || !tables.isEmpty()) {
            copy.put(run, sorted(run, tables));
          }
        });
    return Collections.unmodifiableSortedMap(copy);
  }

  private static List<TableInfo> sorted(int level, List<TableInfo> tables) {
    tables.sort(
        level == 0
            ? Comparator.comparingLong(TableInfo::number).reversed()
            : Comparator.comparing(TableInfo::smallest));
    return List.copyOf(tables);
  }
}
