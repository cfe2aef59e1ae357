package org.facetdb.storage.tree.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.Lookup;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.jspecify.annotations.Nullable;

/**
 * An open sstable: index and filter on the heap, blocks through the cache.
 *
 * <p>Safe for use by any number of threads. Reference counted: made with one reference, and closed
 * with the last; a table marked obsolete takes its file along. Owns the open file.
 */
public final class TableReader {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(byte[][].class);

  private final FileSystem files;
  private final StorageFile file;
  private final TableFile table;
  private final TableInfo info;
  private final TableIndex index;
  private final HashFilter filter;
  private final BlockCache cache;
  private final byte[][] slots;
  private final byte[] marks;
  private final AtomicInteger references = new AtomicInteger(1);
  private volatile boolean obsolete;
  private boolean forgotten;

  private TableReader(
      FileSystem files, StorageFile file, TableInfo info, TableTail tail, BlockCache cache) {
    this.files = files;
    this.file = file;
    this.table = tail.table();
    this.info = info;
    this.index = tail.index();
    this.filter = tail.filter();
    this.cache = cache;
    this.slots = new byte[index.count()][];
    this.marks = new byte[index.count()];
  }

  /**
   * Opens a table's file and verifies everything but its data blocks.
   *
   * @param mapped whether the file is mapped into memory until the last reference is given back
   * @throws StorageException category {@code CORRUPTION} if it is damaged or missing
   */
  public static TableReader open(
      FileSystem files, TableInfo info, BlockCache cache, boolean mapped) {
    String name = TableFormat.fileName(info.number());
    if (!files.exists(name)) {
      throw TableFormat.damaged(
          files.describe(name), 0, "a table of " + info.bytes() + " bytes", "no file");
    }
    StorageFile file = files.open(name, FileSystem.Mode.READ);
    try {
      TableTail tail = TableTail.read(file, file.name(), info);
      if (mapped) {
        file.mapForReading();
      }
      return new TableReader(files, file, info, tail, cache);
    } catch (Throwable t) {
      file.close();
      throw t;
    }
  }

  public TableInfo info() {
    return info;
  }

  TableIndex index() {
    return index;
  }

  TableFile table() {
    return table;
  }

  String place() {
    return table.place();
  }

  // ---- references

  /** Takes a reference; the caller must hold one already, or keep the table from closing. */
  public void retain() {
    references.incrementAndGet();
  }

  /** Gives a reference back. */
  public void release() {
    if (references.decrementAndGet() == 0) {
      cache.forget(this);
      file.close();
      if (obsolete) {
        deleteFile();
      }
    }
  }

  /** The file goes with the last reference: nothing durable names it any more. */
  public void markObsolete() {
    obsolete = true;
  }

  private void deleteFile() {
    try {
      files.delete(TableFormat.fileName(info.number()));
    } catch (StorageException e) {
      // Not the reader's fault that happens to be last; the next open sweeps the file.
      System.getLogger(TableReader.class.getName())
          .log(System.Logger.Level.WARNING, "an unused table stays: " + e.getMessage());
    }
  }

  // ---- blocks

  /** A block's raw bytes, from the cache if there, else from the file into the cache. */
  byte[] block(int number) {
    byte[] block = cached(number);
    if (block != null) {
      return block;
    }
    int length = index.length(number);
    byte[] stored = new byte[length];
    file.readFully(index.position(number), stored, 0, length);
    byte[] raw = decode(number, stored, 0);
    keep(number, raw);
    return raw;
  }

  byte @Nullable [] cached(int number) {
    byte[] block = (byte[]) SLOT.getAcquire(slots, number);
    if (block != null && marks[number] < BlockCache.MARKS_MAX) {
      marks[number]++;
    }
    return block;
  }

  void keep(int number, byte[] raw) {
    if (cache.accepts(raw.length) && SLOT.compareAndSet(slots, number, (byte[]) null, raw)) {
      cache.admitted(this, number, raw.length);
    }
  }

  /** Verifies and decompresses a block that was read at an offset of an array. */
  byte[] decode(int number, byte[] stored, int offset) {
    return TableTail.decode(
        stored, offset, index.length(number), TableFormat.DATA, table, index.position(number));
  }

  /** Reads stored bytes of consecutive blocks; returns how many bytes. */
  int readStored(long position, byte[] target, int length) {
    return file.read(position, target, 0, length);
  }

  // For the cache, under its lock.

  boolean unmark(int number) {
    byte mark = marks[number];
    if (mark == 0) {
      return false;
    }
    marks[number] = (byte) (mark - 1);
    return true;
  }

  void takeBlock(int number) {
    SLOT.setRelease(slots, number, (byte[]) null);
    marks[number] = 0;
  }

  boolean isForgotten() {
    return forgotten;
  }

  void setForgotten() {
    forgotten = true;
  }

  // ---- reading

  /** Whether a key lies between the smallest and the largest. */
  public boolean covers(int keySpace, byte[] key, int offset, int length) {
    return compare(info.smallest(), keySpace, key, offset, length) <= 0
        && compare(info.largest(), keySpace, key, offset, length) >= 0;
  }

  private static int compare(SpaceKey bound, int keySpace, byte[] key, int offset, int length) {
    int order = Integer.compareUnsigned(bound.keySpace(), keySpace);
    return order != 0
        ? order
        : Bytes.compare(bound.key(), 0, bound.key().length, key, offset, length);
  }

  /** Whether the filter lets a key with this hash ({@link Bytes#hash}) pass. */
  public boolean mayContain(long hash) {
    return filter.mayContain(hash);
  }

  /**
   * Looks a key up in a table of the current tree; true if the version here is at or before the
   * lookup's timestamp.
   */
  public boolean find(int keySpace, byte[] key, Lookup lookup) {
    BlockView view = new BlockView();
    int at = locate(keySpace, key, Long.MAX_VALUE, view);
    if (at < 0) {
      return false;
    }
    long begin = view.begin(at);
    if (begin > lookup.timestamp) {
      lookup.sawNewer = true;
      return false;
    }
    take(view, at, begin, lookup);
    return true;
  }

  /**
   * Looks a key up in a table of the history tree: takes the newest version at or before the
   * lookup's timestamp if it is newer than what the lookup holds.
   */
  public void findHistory(int keySpace, byte[] key, Lookup lookup) {
    BlockView view = new BlockView();
    int at = locate(keySpace, key, lookup.timestamp, view);
    if (at >= 0 && view.begin(at) > lookup.begin) {
      take(view, at, view.begin(at), lookup);
    }
  }

  private static void take(BlockView view, int at, long begin, Lookup lookup) {
    lookup.take(
        begin,
        view.end(at),
        view.deleted(at),
        view.array(),
        view.valueOffset(at),
        view.valueLength(at));
  }

  /** Timestamp of the version of a key in a table of the current tree, 0 if it has none. */
  public long newestBegin(int keySpace, byte[] key) {
    BlockView view = new BlockView();
    int at = locate(keySpace, key, Long.MAX_VALUE, view);
    return at < 0 ? 0 : view.begin(at);
  }

  /** Position in the view of the key's newest version at or before a timestamp; -1 if none. */
  private int locate(int keySpace, byte[] key, long timestamp, BlockView view) {
    // The one version that a current table has of a key is wanted whatever its begin.
    boolean single = info.kind() == TableKind.CURRENT;
    int number = index.find(keySpace, key, single ? 0 : timestamp);
    view.reset(block(number));
    int at = view.keySpace() == keySpace ? view.seek(key, 0, key.length, timestamp) : view.count();
    if (at == view.count()) {
      if (single || ++number == index.count() || index.keySpace(number) != keySpace) {
        return -1;
      }
      // The newest version wanted may be the first of the block after.
      view.reset(block(number));
      at = 0;
    }
    return view.keyEquals(at, key, 0, key.length) ? at : -1;
  }

  /**
   * The versions of one key space with keys in [from, to), of which some that begin after a
   * timestamp may be left out; blocks read enter the cache.
   */
  public EntryCursor cursor(
      int keySpace, byte @Nullable [] from, byte @Nullable [] to, long timestamp) {
    return TableCursor.range(this, keySpace, from, to, timestamp);
  }

  /** All versions of keys from one on, past the cache; of all keys for null. */
  public EntryCursor cursor(@Nullable SpaceKey from) {
    return TableCursor.all(this, from);
  }

  /** Adds the first key of the table and of each block that lies so many blocks on. */
  public void sampleKeys(int everyBlocks, List<SpaceKey> keys) {
    for (int block = 0; block < index.count(); block += everyBlocks) {
      keys.add(new SpaceKey(index.keySpace(block), index.firstKey(block)));
    }
  }
}
