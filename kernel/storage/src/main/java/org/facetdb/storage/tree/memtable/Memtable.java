package org.facetdb.storage.tree.memtable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.facetdb.storage.log.WriteBatch;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.Lookup;
import org.jspecify.annotations.Nullable;

/**
 * The newest commits, in memory: one {@link KeyTree} for each key space over one arena.
 *
 * <p>One writer, any number of readers without locks: a reader that loaded a commit's timestamp
 * after {@link #apply} returned sees all of that commit. Versions of a key are added in ascending
 * order of their timestamps.
 */
public final class Memtable {
  private static final VarHandle ENTRIES;
  private static final VarHandle FIRST_TIMESTAMP;
  private static final VarHandle LAST_TIMESTAMP;
  private static final VarHandle LAST_SEQUENCE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      ENTRIES = lookup.findVarHandle(Memtable.class, "entries", long.class);
      FIRST_TIMESTAMP = lookup.findVarHandle(Memtable.class, "firstTimestamp", long.class);
      LAST_TIMESTAMP = lookup.findVarHandle(Memtable.class, "lastTimestamp", long.class);
      LAST_SEQUENCE = lookup.findVarHandle(Memtable.class, "lastSequence", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The trees by key space, ascending; replaced as a whole. */
  private record Trees(int[] keySpaces, KeyTree[] trees) {
    @Nullable KeyTree of(int keySpace) {
      int index = Arrays.binarySearch(keySpaces, keySpace);
      return index < 0 ? null : trees[index];
    }

    Trees with(int keySpace, KeyTree tree) {
      int index = -Arrays.binarySearch(keySpaces, keySpace) - 1;
      int[] grownSpaces = new int[keySpaces.length + 1];
      KeyTree[] grownTrees = new KeyTree[keySpaces.length + 1];
      System.arraycopy(keySpaces, 0, grownSpaces, 0, index);
      System.arraycopy(trees, 0, grownTrees, 0, index);
      grownSpaces[index] = keySpace;
      grownTrees[index] = tree;
      System.arraycopy(keySpaces, index, grownSpaces, index + 1, keySpaces.length - index);
      System.arraycopy(trees, index, grownTrees, index + 1, keySpaces.length - index);
      return new Trees(grownSpaces, grownTrees);
    }
  }

  private final VersionArena arena = new VersionArena();
  private final KeyFilter filter;
  private volatile Trees trees = new Trees(new int[0], new KeyTree[0]);
  // Stored with release: whoever must see a commit's rows knows of the commit by other means.
  private long entries;
  private long firstTimestamp;
  private long lastTimestamp;
  private long lastSequence;

  /** An empty memtable that is meant to hold so many bytes. */
  public Memtable(long expectedBytes) {
    this.filter = new KeyFilter(expectedBytes);
  }

  /** Adds a commit's rows. */
  public void apply(WriteBatch batch, long commitTimestamp, long sequence) {
    if (firstTimestamp == 0) {
      FIRST_TIMESTAMP.setRelease(this, commitTimestamp);
    }
    Trees known = trees;
    WriteBatch.Rows rows = batch.rows();
    int added = 0;
    int lastSpace = -1;
    KeyTree tree = null;
    while (rows.next()) {
      if (tree == null || rows.keySpace() != lastSpace) {
        lastSpace = rows.keySpace();
        tree = known.of(lastSpace);
        if (tree == null) {
          tree = new KeyTree(arena);
          known = known.with(lastSpace, tree);
          trees = known;
        }
      }
      filter.add(Bytes.hash(lastSpace, rows.array(), rows.keyOffset(), rows.keyLength()));
      tree.put(
          rows.array(),
          rows.keyOffset(),
          rows.keyLength(),
          commitTimestamp,
          rows.isDelete(),
          rows.valueOffset(),
          rows.valueLength());
      added++;
    }
    ENTRIES.setRelease(this, entries + added);
    LAST_TIMESTAMP.setRelease(this, commitTimestamp);
    LAST_SEQUENCE.setRelease(this, sequence);
  }

  /** Versions held. */
  public long entries() {
    return (long) ENTRIES.getAcquire(this);
  }

  /** Keys held, of all key spaces; once nothing is written any more. */
  public long keys() {
    long sum = 0;
    for (KeyTree tree : trees.trees) {
      sum += tree.keyCount();
    }
    return sum;
  }

  /** Timestamp of the first commit applied, 0 if there is none. */
  public long firstTimestamp() {
    return (long) FIRST_TIMESTAMP.getAcquire(this);
  }

  /** Whether nothing in it was committed at or before a timestamp. */
  public boolean isAfter(long timestamp) {
    return firstTimestamp() > timestamp;
  }

  /** Timestamp of the last commit applied, 0 if there is none. */
  public long lastTimestamp() {
    return (long) LAST_TIMESTAMP.getAcquire(this);
  }

  /** Sequence of the last commit applied, 0 if there is none. */
  public long lastSequence() {
    return (long) LAST_SEQUENCE.getAcquire(this);
  }

  /** Heap bytes held, roughly; for the writer. */
  public long bytes() {
    long sum = arena.bytes() + filter.bytes();
    for (KeyTree tree : trees.trees) {
      sum += tree.heapBytes();
    }
    return sum;
  }

  /**
   * Looks a key up, given its {@link Bytes#hash}; true if its newest version at or before the
   * lookup's timestamp is here.
   */
  public boolean find(int keySpace, byte[] key, long hash, Lookup lookup) {
    KeyTree tree = filter.mayContain(hash) ? trees.of(keySpace) : null;
    if (tree == null) {
      return false;
    }
    if (isAfter(lookup.timestamp)) {
      lookup.sawNewer = true;
      return false;
    }
    int version = tree.newestVersion(key, 0, key.length);
    long newer = EntryCursor.OPEN;
    while (version != 0) {
      long begin = arena.begin(version);
      if (begin <= lookup.timestamp) {
        lookup.take(
            begin,
            newer,
            arena.deleted(version),
            arena.chunk(version),
            arena.valueOffset(version),
            arena.valueLength(version));
        return true;
      }
      lookup.sawNewer = true;
      newer = begin;
      version = arena.previous(version);
    }
    return false;
  }

  /** Timestamp of a key's newest version, 0 if it has none here. */
  public long newestBegin(int keySpace, byte[] key, long hash) {
    KeyTree tree = filter.mayContain(hash) ? trees.of(keySpace) : null;
    int version = tree == null ? 0 : tree.newestVersion(key, 0, key.length);
    return version == 0 ? 0 : arena.begin(version);
  }

  /** The versions of one key space from a key on; null where the memtable has none of it. */
  public @Nullable EntryCursor cursor(int keySpace, byte @Nullable [] from) {
    KeyTree tree = trees.of(keySpace);
    return tree == null
        ? null
        : new MemtableCursor(arena, new int[] {keySpace}, new KeyTree[] {tree}, from);
  }

  /** All versions. */
  public EntryCursor cursor() {
    Trees all = trees;
    return new MemtableCursor(arena, all.keySpaces, all.trees, null);
  }
}
