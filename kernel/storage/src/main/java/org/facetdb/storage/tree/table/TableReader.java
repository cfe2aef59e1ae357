package org.facetdb.storage.tree.table;

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
 * An open sstable: the first keys of its parts on the heap, parts and blocks through the cache.
 *
 * <p>Safe for use by any number of threads. Reference counted: made with one reference, and closed
 * with the last; a table marked obsolete takes its file along. Owns the open file.
 */
public final class TableReader {
  private final FileSystem files;
  private final StorageFile file;
  private final TableFile table;
  private final TableInfo info;
  private final TableParts parts;
  private final BlockCache cache;
  private final CacheSlots slots;
  private final AtomicInteger references = new AtomicInteger(1);
  private volatile boolean obsolete;
  private boolean forgotten;

  private TableReader(
      FileSystem files, StorageFile file, TableInfo info, TableTail tail, BlockCache cache) {
    this.files = files;
    this.file = file;
    this.table = tail.table();
    this.info = info;
    this.parts = tail.parts();
    this.cache = cache;
    this.slots = new CacheSlots(cache, this, parts.count());
    TableTail.Whole whole = tail.whole();
    if (whole != null) {
      slots.pin(0, new TablePart(this, 0, whole.index(), whole.filter(), cache));
    }
  }

  /**
   * Opens a table's file and verifies header, footer and directory; parts and data blocks are
   * verified when they are read.
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

  TableParts parts() {
    return parts;
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

  // ---- parts and blocks

  /** A part, from the cache if there, else from the file into the cache. */
  TablePart part(int number) {
    TablePart part = (TablePart) slots.get(number);
    if (part != null) {
      return part;
    }
    TablePart read = new TablePart(this, number, index(number), filter(number), cache);
    return (TablePart) slots.keep(number, read, read.heapBytes());
  }

  /** A part if it is on the heap, without a mark. */
  @Nullable TablePart peekPart(int number) {
    return (TablePart) slots.peek(number);
  }

  /** Whether a part is the one that the table keeps. */
  boolean holds(TablePart part) {
    return slots.peek(part.number()) == part;
  }

  /** The index of a part, which is not kept for it. */
  TableIndex index(int number) {
    TablePart part = peekPart(number);
    return part != null ? part.index() : readIndex(number);
  }

  /** The filter of a part, which is not kept for it. */
  HashFilter filter(int number) {
    TablePart part = peekPart(number);
    return part != null
        ? part.filter()
        : StoredBlock.readFilter(file, table, parts.place(number).filter());
  }

  private TableIndex readIndex(int number) {
    BlockHandle handle = parts.place(number).index();
    TableIndex index =
        new TableIndex(
            List.of(StoredBlock.readIndex(file, table, handle)), table.place(), handle.position());
    FirstKeys firsts = parts.firsts();
    boolean isNamed =
        index.count() == parts.place(number).blocks()
            && firsts.begin(number) == index.firsts().begin(0)
            && index.firsts().is(0, firsts.keySpace(number), firsts.key(number));
    if (!isNamed) {
      throw TableFormat.damaged(
          table.place(), handle.position(), "the blocks that the directory names", "others");
    }
    return index;
  }

  /** A data block's raw bytes, from the file. */
  byte[] readBlock(TableIndex index, int block) {
    int length = index.length(block);
    byte[] stored = new byte[length];
    file.readFully(index.position(block), stored, 0, length);
    return decode(index, block, stored, 0, new byte[0]);
  }

  /**
   * Verifies and decompresses a data block that was read at an offset of an array.
   *
   * @param room see {@link StoredBlock#decode}
   */
  byte[] decode(TableIndex index, int block, byte[] stored, int offset, byte[] room) {
    return StoredBlock.decode(
        stored, offset, index.length(block), TableFormat.DATA, table, index.position(block), room);
  }

  /** Reads stored bytes of consecutive blocks; returns how many bytes. */
  int readStored(long position, byte[] target, int length) {
    return file.read(position, target, 0, length);
  }

  // For the cache, under its lock.

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

  /**
   * Looks a key up in a table of the current tree; true if the version here is at or before the
   * lookup's timestamp.
   *
   * @param hash the key's, see {@link Bytes#hash}
   */
  public boolean find(int keySpace, byte[] key, long hash, Lookup lookup) {
    TablePart part = current(keySpace, key, hash);
    if (part == null) {
      return false;
    }
    BlockView view = new BlockView();
    int at = part.locateCurrent(keySpace, key, view);
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

  /** The part of a table of the current tree that may have a key, null if none has it. */
  private @Nullable TablePart current(int keySpace, byte[] key, long hash) {
    // The one version that there is of a key is wanted whatever its begin.
    TablePart part = part(parts.find(keySpace, key, 0));
    return part.mayContain(hash) ? part : null;
  }

  /**
   * Looks a key up in a table of the history tree: takes the newest version at or before the
   * lookup's timestamp if it is newer than what the lookup holds.
   *
   * @param hash the key's, see {@link Bytes#hash}
   */
  public void findHistory(int keySpace, byte[] key, long hash, Lookup lookup) {
    int number = parts.find(keySpace, key, lookup.timestamp);
    TablePart part = part(number);
    if (part.mayContain(hash)) {
      BlockView view = new BlockView();
      int at = part.locate(keySpace, key, lookup.timestamp, view);
      if (at >= 0) {
        takeNewer(view, at, lookup);
        return;
      }
    }
    if (parts.firsts().is(number + 1, keySpace, key)) {
      // The newest version wanted is the first of the part after.
      BlockView view = new BlockView();
      view.reset(part(number + 1).block(0));
      takeNewer(view, 0, lookup);
    }
  }

  private static void takeNewer(BlockView view, int at, Lookup lookup) {
    if (view.begin(at) > lookup.begin) {
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
  public long newestBegin(int keySpace, byte[] key, long hash) {
    TablePart part = current(keySpace, key, hash);
    if (part == null) {
      return 0;
    }
    BlockView view = new BlockView();
    int at = part.locateCurrent(keySpace, key, view);
    return at < 0 ? 0 : view.begin(at);
  }

  /**
   * The versions of one key space with keys in [from, to), of which some that begin after a
   * timestamp may be left out; blocks read enter the cache.
   */
  public EntryCursor cursor(
      int keySpace, byte @Nullable [] from, byte @Nullable [] to, long timestamp) {
    return TableCursor.range(this, keySpace, from, to, timestamp);
  }

  /**
   * All versions of keys from one on, past the cache; of all keys for null. Values last until the
   * cursor moves on.
   */
  public EntryCursor cursor(@Nullable SpaceKey from) {
    return TableCursor.all(this, from);
  }

  /** Adds the first key of the table and of each block that lies so many blocks on. */
  public void sampleKeys(int everyBlocks, List<SpaceKey> keys) {
    int block = 0;
    for (int number = 0; number < parts.count(); number++) {
      if (block == 0) {
        keys.add(first(parts.firsts(), number));
        block += everyBlocks;
      }
      int count = parts.place(number).blocks();
      if (block < count) {
        TableIndex index = index(number);
        for (; block < count; block += everyBlocks) {
          keys.add(first(index.firsts(), block));
        }
      }
      block -= count;
    }
  }

  private static SpaceKey first(FirstKeys firsts, int at) {
    return new SpaceKey(firsts.keySpace(at), firsts.key(at));
  }
}
