package org.facetdb.plugin.sample;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.facetdb.spi.index.Checkpoint;
import org.facetdb.spi.index.Index;
import org.facetdb.spi.index.IndexContext;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.type.Batch;
import org.jspecify.annotations.Nullable;

/**
 * The open index. The applier's thread owns all fields; other threads see {@link #visible} alone,
 * which every advance replaces. Nulls contain nothing, so they have no entry. A checkpoint is one
 * file with all entries; its number is the checkpoint's state.
 */
final class TrigramIndex implements Index {
  /** What new views are made of. */
  record Visible(Postings postings, int entries, Position position) {}

  /** A text as it is; a null contains nothing. */
  record Text(@Nullable String value) implements PreparedRow {
    @Override
    public long bytes() {
      return value == null ? 16 : 56 + 2L * value.length();
    }
  }

  private final IndexContext context;
  private final Map<Long, List<Entry>> byRow = new HashMap<>();
  private Postings postings = new Postings();
  private int endedSinceCompaction;
  private long reservedBytes;
  private long fileNumber;
  private Position advanced = Position.START;
  private volatile Visible visible;

  TrigramIndex(IndexContext context) {
    this.context = context;
    IndexContext.Restored restored = context.checkpoint();
    if (restored != null) {
      fileNumber = ByteBuffer.wrap(restored.state()).getLong();
      advanced = restored.position();
      try {
        TrigramFile.read(context.store(), fileName(), this::add);
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }
    visible = new Visible(postings, postings.all().size(), advanced);
  }

  private String fileName() {
    return "entries-" + fileNumber;
  }

  private void add(Entry entry) {
    context.memory().reserve(entry.bytes());
    reservedBytes += entry.bytes();
    byRow.computeIfAbsent(entry.rowId, _ -> new ArrayList<>(1)).add(entry);
    postings.add(entry);
    endedSinceCompaction += entry.end == Entry.OPEN ? 0 : 1;
  }

  @Override
  public void put(long rowId, long begin, Batch values, int row) {
    String text = (String) values.column(0).valueAt(row);
    Entry known = latest(rowId, begin);
    if (text != null && (known == null || known.begin != begin)) {
      add(new Entry(rowId, begin, Entry.OPEN, Trigrams.of(text)));
    }
  }

  @Override
  public void end(long rowId, long begin, long end) {
    Entry entry = latest(rowId, begin);
    if (entry != null && entry.end == Entry.OPEN) {
      entry.end = end;
      endedSinceCompaction++;
    }
  }

  /** The entry of a row that began last at or before a time. */
  private @Nullable Entry latest(long rowId, long time) {
    Entry latest = null;
    for (Entry entry : byRow.getOrDefault(rowId, List.of())) {
      if (entry.begin <= time && (latest == null || latest.begin < entry.begin)) {
        latest = entry;
      }
    }
    return latest;
  }

  /** Costs what it copies, so it waits until a quarter of the entries has ended. */
  @Override
  public void expire(long watermark) {
    Postings.EntryList all = postings.all();
    if (endedSinceCompaction == 0 || endedSinceCompaction < all.size() / 4) {
      return;
    }
    Postings kept = new Postings();
    byRow
        .values()
        .removeIf(
            entries -> {
              entries.removeIf(entry -> entry.end <= watermark);
              return entries.isEmpty();
            });
    long keptBytes = 0;
    for (List<Entry> entries : byRow.values()) {
      for (Entry entry : entries) {
        kept.add(entry);
        keptBytes += entry.bytes();
      }
    }
    context.memory().release(reservedBytes - keptBytes);
    reservedBytes = keptBytes;
    postings = kept;
    endedSinceCompaction = 0;
    refresh();
  }

  @Override
  public void advance(Position position) {
    advanced = position;
    refresh();
  }

  @Override
  public void refresh() {
    visible = new Visible(postings, postings.all().size(), advanced);
  }

  @Override
  public IndexView view() {
    return new TrigramView(visible);
  }

  @Override
  public PreparedRow prepare(Batch values, int row) {
    return new Text((String) values.column(0).valueAt(row));
  }

  @Override
  public Checkpoint checkpoint() {
    String old = fileName();
    boolean first = fileNumber == 0;
    fileNumber++;
    TrigramFile.write(context.store(), fileName(), postings.all());
    if (!first) {
      context.store().delete(old);
    }
    return new Checkpoint(
        Set.of(fileName()), ByteBuffer.allocate(Long.BYTES).putLong(fileNumber).array());
  }

  @Override
  public long entryCount() {
    return visible.entries();
  }

  @Override
  public void close() {
    context.memory().release(reservedBytes);
    reservedBytes = 0;
  }
}
