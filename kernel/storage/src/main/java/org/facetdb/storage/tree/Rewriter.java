package org.facetdb.storage.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
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

  private final TreeContents contents;
  private final TreeOptions options;
  private final Retention retention;
  private final Beneath beneath;
  private final boolean lasting;
  private final List<TableInfo> current = new ArrayList<>();
  private final List<TableInfo> history = new ArrayList<>();
  private @Nullable TableWriter currentWriter;
  private @Nullable TableWriter historyWriter;
  private byte[] lastKey = new byte[64];
  private int lastLength = -1;
  private int lastKeySpace;
  private boolean kept;

  /**
   * Begins to write.
   *
   * @param lasting whether nothing lies below the level that the tables go to
   */
  Rewriter(
      TreeContents contents,
      TreeOptions options,
      Retention retention,
      Beneath beneath,
      boolean lasting) {
    this.lasting = lasting;
    this.contents = contents;
    this.options = options;
    this.retention = retention;
    this.beneath = beneath;
  }

  /** Takes all versions of a cursor over the current tree; false if the tree closes meanwhile. */
  boolean addCurrent(EntryCursor versions) {
    long newer = EntryCursor.OPEN;
    int count = 0;
    while (versions.next()) {
      if ((++count & 0xfff) == 0 && contents.isClosing()) {
        return false;
      }
      int keySpace = versions.keySpace();
      if (retention.expired(keySpace)) {
        continue;
      }
      if (isNewKey(versions)) {
        newer = EntryCursor.OPEN;
      }
      long begin = versions.begin();
      if (newer == EntryCursor.OPEN) {
        if (!versions.deleted() || begin > retention.pinned() || mayLieBeneath(versions)) {
          writer(TableKind.CURRENT).add(versions, EntryCursor.OPEN);
        }
      } else if (newer > retention.watermark(keySpace)
          && (!versions.deleted() || mayLieBeneath(versions))) {
        writer(TableKind.HISTORY).add(versions, newer);
      }
      newer = begin;
    }
    return true;
  }

  /** Takes all versions of a cursor over the history tree; false if the tree closes meanwhile. */
  boolean addHistory(EntryCursor versions) {
    long newer = EntryCursor.OPEN;
    int count = 0;
    while (versions.next()) {
      if ((++count & 0xfff) == 0 && contents.isClosing()) {
        return false;
      }
      int keySpace = versions.keySpace();
      if (retention.expired(keySpace)) {
        continue;
      }
      if (isNewKey(versions)) {
        newer = EntryCursor.OPEN;
      }
      long end = Math.min(versions.end(), newer);
      if (end > retention.watermark(keySpace)) {
        writer(TableKind.HISTORY).add(versions, end);
      }
      newer = versions.begin();
    }
    return true;
  }

  private boolean mayLieBeneath(EntryCursor at) {
    int from = at.keyOffset();
    return beneath.mayHold(
        at.keySpace(), Arrays.copyOfRange(at.keyArray(), from, from + at.keyLength()));
  }

  private boolean isNewKey(EntryCursor at) {
    byte[] key = at.keyArray();
    int offset = at.keyOffset();
    int length = at.keyLength();
    if (at.keySpace() == lastKeySpace
        && lastLength >= 0
        && Bytes.equal(lastKey, 0, lastLength, key, offset, length)) {
      return false;
    }
    if (lastKey.length < length) {
      lastKey = new byte[length * 2];
    }
    System.arraycopy(key, offset, lastKey, 0, length);
    lastLength = length;
    lastKeySpace = at.keySpace();
    cutWhereFull();
    return true;
  }

  /** Starts new tables between two keys, never between two versions of one. */
  private void cutWhereFull() {
    TableWriter writer = currentWriter;
    if (writer != null && writer.bytes() >= options.tableBytes()) {
      current.add(writer.finish());
      currentWriter = null;
    }
    writer = historyWriter;
    if (writer != null && writer.bytes() >= options.tableBytes()) {
      history.add(writer.finish());
      historyWriter = null;
    }
  }

  private TableWriter writer(TableKind kind) {
    TableWriter writer = kind == TableKind.CURRENT ? currentWriter : historyWriter;
    if (writer == null) {
      writer =
          new TableWriter(
              contents.files(), contents.allocateFile(), kind, options.blockBytes(), lasting);
      if (kind == TableKind.CURRENT) {
        currentWriter = writer;
      } else {
        historyWriter = writer;
      }
    }
    return writer;
  }

  /** Completes the tables; the result adds them to a level of each tree. */
  List<Change> finish(int currentLevel, int historyLevel) {
    if (currentWriter != null) {
      current.add(currentWriter.finish());
      currentWriter = null;
    }
    if (historyWriter != null) {
      history.add(historyWriter.finish());
      historyWriter = null;
    }
    kept = true;
    List<Change> changes = new ArrayList<>();
    current.forEach(table -> changes.add(new Change.AddTable(currentLevel, table)));
    history.forEach(table -> changes.add(new Change.AddTable(historyLevel, table)));
    return changes;
  }

  /** Versions in the completed tables of the current tree. */
  long currentEntries() {
    return current.stream().mapToLong(TableInfo::entries).sum();
  }

  /**
   * Makes an edit with the completed tables durable and public. Where it fails they stay, because
   * the manifest may name them, except where a full disk says that it does not.
   */
  void publish(List<Change> edit, @Nullable Memtable flushed) {
    // Who waits for the edit finds it counted.
    contents.lock().lock();
    try {
      contents.commit(edit, retention.watermarks(), flushed);
      long bytes = CompactionPolicy.bytes(current) + CompactionPolicy.bytes(history);
      if (flushed == null) {
        contents.counters().compacted(bytes);
      } else {
        contents.counters().flushed(bytes);
      }
    } catch (StorageException e) {
      kept = !e.isDiskFull();
      throw e;
    } finally {
      contents.lock().unlock();
    }
  }

  @Override
  public void close() {
    if (currentWriter != null) {
      currentWriter.close();
    }
    if (historyWriter != null) {
      historyWriter.close();
    }
    if (!kept) {
      for (List<TableInfo> tables : List.of(current, history)) {
        for (TableInfo table : tables) {
          contents.files().delete(TableFormat.fileName(table.number()));
        }
      }
    }
  }
}
