package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.memtable.Memtable;
import org.facetdb.storage.tree.table.TableFormat;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.facetdb.storage.tree.table.TableWriter;
import org.jspecify.annotations.Nullable;

/**
 * Writes versions in order into new tables: of each key the newest version stays current, those it
 * supersedes become history with an end, and what nobody reads is dropped. Used by one thread. Owns
 * the tables it writes until {@link #finish}; closing before deletes them.
 *
 * <p>A removal may vanish, leaving only the end it gave the version before, when no table below can
 * hold an older version of its key; a superseded one at once, the newest one when no open
 * transaction began before it. Elsewhere a superseded removal goes into history as a version
 * without a value, so that no older version is taken for alive in its time.
 */
final class Rewriter implements AutoCloseable {
  /** Tells whether an older version of a key may lie below what is rewritten. */
  interface Beneath {
    boolean mayHold(int keySpace, byte[] key);
  }

  /**
   * Where and when to end.
   *
   * @param to the first key that isn't taken any more, null to take all
   * @param abandoned says that nobody wants the tables any more
   * @param pace holds back what is written
   */
  record Limit(@Nullable SpaceKey to, BooleanSupplier abandoned, Pace pace) {
    static final Limit NONE = new Limit(null, () -> false, Pace.NONE);
  }

  /** Share of a table that is enough of one where a key space ends. */
  private static final int BORDER_SHARE = 16;

  private final TreeContents contents;
  private final TreeOptions options;
  private final Retention retention;
  private final Beneath beneath;
  private final boolean lasting;
  private final TimeBands bands;
  private final @Nullable SpaceKey to;
  private final long toHead;
  private final BooleanSupplier abandoned;
  private final Pace pace;
  private final List<TableInfo> current = new ArrayList<>();
  private final List<List<TableInfo>> history = new ArrayList<>();
  private @Nullable TableWriter currentWriter;
  private final @Nullable TableWriter[] historyWriters;
  private byte[] lastKey = new byte[64];
  private int lastLength = -1;
  private int lastKeySpace;
  private boolean kept;
  private boolean ended;
  private long pacedBytes;

  /**
   * Begins to write.
   *
   * @param lasting whether nothing lies below the level that the tables go to
   * @param bands what history is divided into
   */
  Rewriter(
      TreeContents contents,
      TreeOptions options,
      Retention retention,
      Beneath beneath,
      boolean lasting,
      TimeBands bands,
      Limit limit) {
    this.lasting = lasting;
    this.bands = bands;
    this.historyWriters = new TableWriter[bands.count()];
    for (int band = 0; band < bands.count(); band++) {
      history.add(new ArrayList<>());
    }
    this.contents = contents;
    this.options = options;
    this.retention = retention;
    this.beneath = beneath;
    this.to = limit.to();
    this.toHead = to == null ? 0 : Bytes.head(to.key(), 0, to.key().length);
    this.abandoned = limit.abandoned();
    this.pace = limit.pace();
  }

  /** Takes versions of a cursor over the current tree; false if the tree closes meanwhile. */
  boolean addCurrent(EntryCursor versions) {
    long newer = EntryCursor.OPEN;
    int count = 0;
    while (versions.next()) {
      if ((++count & 0xff) == 0 && isStopped()) {
        return false;
      }
      int keySpace = versions.keySpace();
      if (retention.expired(keySpace)) {
        continue;
      }
      if (isNewKey(versions, keySpace)) {
        newer = EntryCursor.OPEN;
        if (ended) {
          return true;
        }
      }
      long begin = versions.begin();
      if (newer == EntryCursor.OPEN) {
        if (!versions.deleted() || begin > retention.pinned() || mayLieBeneath(versions)) {
          currentWriter().add(versions, EntryCursor.OPEN);
        }
      } else if (newer > retention.watermark(keySpace)
          && (!versions.deleted() || mayLieBeneath(versions))) {
        historyWriter(newer).add(versions, newer);
      }
      newer = begin;
    }
    return true;
  }

  /** Takes versions of a cursor over the history tree; false if the tree closes meanwhile. */
  boolean addHistory(EntryCursor versions) {
    long newer = EntryCursor.OPEN;
    int count = 0;
    while (versions.next()) {
      if ((++count & 0xff) == 0 && isStopped()) {
        return false;
      }
      int keySpace = versions.keySpace();
      if (retention.expired(keySpace)) {
        continue;
      }
      if (isNewKey(versions, keySpace)) {
        newer = EntryCursor.OPEN;
        if (ended) {
          return true;
        }
      }
      long end = Math.min(versions.end(), newer);
      if (end > retention.watermark(keySpace)) {
        historyWriter(end).add(versions, end);
      }
      newer = versions.begin();
    }
    return true;
  }

  /** Waits where it is written too fast; then whether to stop. */
  private boolean isStopped() {
    long bytes = bytes();
    pace.wrote(bytes - pacedBytes);
    pacedBytes = bytes;
    return contents.isClosing() || abandoned.getAsBoolean();
  }

  private static boolean isAtLeast(EntryCursor at, SpaceKey bound, long boundHead) {
    int order = Integer.compareUnsigned(at.keySpace(), bound.keySpace());
    if (order == 0) {
      order = Long.compareUnsigned(at.keyHead(), boundHead);
    }
    if (order == 0) {
      byte[] key = bound.key();
      order = Bytes.compare(at.keyArray(), at.keyOffset(), at.keyLength(), key, 0, key.length);
    }
    return order >= 0;
  }

  private boolean mayLieBeneath(EntryCursor at) {
    int from = at.keyOffset();
    return beneath.mayHold(
        at.keySpace(), Arrays.copyOfRange(at.keyArray(), from, from + at.keyLength()));
  }

  private boolean isNewKey(EntryCursor at, int keySpace) {
    byte[] key = at.keyArray();
    int offset = at.keyOffset();
    int length = at.keyLength();
    if (keySpace == lastKeySpace
        && lastLength >= 0
        && Bytes.equal(lastKey, 0, lastLength, key, offset, length)) {
      return false;
    }
    if (lastKey.length < length) {
      lastKey = new byte[length * 2];
    }
    System.arraycopy(key, offset, lastKey, 0, length);
    lastLength = length;
    ended = to != null && isAtLeast(at, to, toHead);
    cutWhereFull(keySpace != lastKeySpace);
    lastKeySpace = keySpace;
    return true;
  }

  /**
   * Starts new tables between two keys, never between two versions of one. At the end of a key
   * space a smaller current table is full, so that what is written often goes down without its
   * neighbours.
   */
  private void cutWhereFull(boolean isBorder) {
    TableWriter writer = currentWriter;
    long enough = isBorder ? options.tableBytes() / BORDER_SHARE : options.tableBytes();
    if (writer != null && writer.bytes() >= enough) {
      current.add(writer.finish());
      currentWriter = null;
    }
    for (int band = 0; band < historyWriters.length; band++) {
      writer = historyWriters[band];
      if (writer != null && writer.bytes() >= options.tableBytes()) {
        finishHistory(band);
      }
    }
  }

  private TableWriter currentWriter() {
    TableWriter writer = currentWriter;
    if (writer == null) {
      writer = open(TableKind.CURRENT, lasting);
      currentWriter = writer;
    }
    return writer;
  }

  private TableWriter historyWriter(long end) {
    int band = bands.bandOf(end);
    TableWriter writer = historyWriters[band];
    if (writer == null) {
      writer = open(TableKind.HISTORY, lasting);
      historyWriters[band] = writer;
    }
    return writer;
  }

  private TableWriter open(TableKind kind, boolean isLasting) {
    return new TableWriter(
        contents.files(),
        contents.allocateFile(),
        kind,
        options.blockBytes(),
        isLasting,
        options.tables().bottom());
  }

  private void finishHistory(int band) {
    TableWriter writer = historyWriters[band];
    if (writer != null) {
      history.get(band).add(writer.finish());
      historyWriters[band] = null;
    }
  }

  /** Completes and syncs the tables. */
  void complete() {
    if (currentWriter != null) {
      current.add(currentWriter.finish());
      currentWriter = null;
    }
    for (int band = 0; band < historyWriters.length; band++) {
      finishHistory(band);
    }
  }

  /**
   * Completes the tables; the result adds them to a level of the current tree, and to the history,
   * either to what arrived, which is run 0, or to runs from that number on, one for each band.
   */
  List<Change> finish(int currentLevel, int historyRun) {
    complete();
    List<Change> changes = new ArrayList<>();
    current.forEach(table -> changes.add(new Change.AddTable(currentLevel, table)));
    for (int band = 0; band < historyWriters.length; band++) {
      int run = historyRun == 0 ? 0 : historyRun + band;
      history.get(band).forEach(table -> changes.add(new Change.AddTable(run, table)));
    }
    kept = true;
    return changes;
  }

  /** Versions in the completed tables of the current tree. */
  long currentEntries() {
    return current.stream().mapToLong(TableInfo::entries).sum();
  }

  /**
   * Makes an edit with the completed tables of all parts durable and public. Where it fails they
   * stay, because the manifest may name them, except where a full disk says that it does not.
   *
   * @param flushed a memtable whose rows are in the tables, null if none is
   * @param counter takes the bytes of the tables
   */
  static void publish(
      TreeContents contents,
      Retention retention,
      List<Rewriter> parts,
      List<Change> edit,
      @Nullable Memtable flushed,
      LongConsumer counter) {
    // Who waits for the edit finds it counted.
    contents.lock().lock();
    try {
      contents.commit(edit, retention.watermarks(), flushed);
      counter.accept(parts.stream().mapToLong(Rewriter::bytes).sum());
    } catch (StorageException e) {
      parts.forEach(part -> part.kept = !e.isDiskFull());
      throw e;
    } finally {
      contents.lock().unlock();
    }
  }

  /** Bytes in completed tables, and those written to the others so far. */
  private long bytes() {
    long bytes = CompactionPolicy.bytes(current) + bytesOf(currentWriter);
    for (int band = 0; band < historyWriters.length; band++) {
      bytes += CompactionPolicy.bytes(history.get(band)) + bytesOf(historyWriters[band]);
    }
    return bytes;
  }

  private static long bytesOf(@Nullable TableWriter writer) {
    return writer == null ? 0 : writer.bytes();
  }

  @Override
  public void close() {
    if (currentWriter != null) {
      currentWriter.close();
    }
    for (TableWriter writer : historyWriters) {
      if (writer != null) {
        writer.close();
      }
    }
    if (!kept) {
      current.forEach(this::delete);
      history.forEach(tables -> tables.forEach(this::delete));
    }
  }

  private void delete(TableInfo table) {
    contents.files().delete(TableFormat.fileName(table.number()));
  }
}
