package org.facetdb.testkit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.Checkpoint;
import org.facetdb.spi.index.Index;
import org.facetdb.spi.index.IndexContext;
import org.facetdb.spi.index.IndexStore;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.type.Batch;

/**
 * A list of entries; a view has a copy of it. A checkpoint is two files with half of the rows each.
 * Guarded by itself.
 */
final class ReferenceIndex implements Index {
  static final long OPEN = Long.MAX_VALUE;

  /** A span of one row's value; the value is null for null. */
  record Entry(long rowId, long begin, long end, String value) {
    Entry endedAt(long time) {
      return new Entry(rowId, begin, time, value);
    }
  }

  /** The value itself. */
  record Prepared(String value) implements PreparedRow {
    @Override
    public long bytes() {
      return value == null ? 16 : 16 + value.length();
    }
  }

  final ReferenceMethod method;
  private final IndexContext context;
  private List<Entry> entries = new CopyOnWriteArrayList<>();
  private List<Entry> visible = List.of();
  Position visiblePosition = Position.START;
  private Position advanced = Position.START;
  private Set<String> files = Set.of();
  private long checkpoints;
  private Batch kept;
  private int keptRow;
  boolean closed;

  ReferenceIndex(ReferenceMethod method, IndexContext context) {
    this.method = method;
    this.context = context;
    if (method.has(Fault.LEAKS_MEMORY)) {
      context.memory().reserve(100);
    }
  }

  void read(IndexContext.Restored checkpoint) {
    files = context.store().list();
    for (String name : files) {
      IndexStore.Input input = context.store().open(name);
      try {
        if (method.has(Fault.LEAKS_AN_INPUT)) {
          context.store().open(name);
        }
        byte[] bytes = new byte[(int) input.length()];
        input.read(0, bytes, 0, bytes.length);
        decode(bytes, checkpoint.format());
      } finally {
        if (!method.has(Fault.LEAKS_WHEN_OPEN_FAILS) || !files.isEmpty() && readAll(input)) {
          input.close();
        }
      }
    }
    checkpoints = ByteBuffer.wrap(checkpoint.state()).getLong();
    advanced = checkpoint.position();
    refresh();
  }

  /** Whether the store still lets itself be read. */
  private static boolean readAll(IndexStore.Input input) {
    try {
      input.read(0, new byte[1], 0, 1);
      return true;
    } catch (DatabaseException e) {
      return false;
    }
  }

  private void decode(byte[] bytes, int format) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != format) {
        throw new DatabaseException(
            "XX001", DatabaseException.Category.CORRUPTION, "a file begins with its format");
      }
      for (int count = in.readInt(); count > 0; count--) {
        Entry entry =
            new Entry(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readBoolean() ? in.readUTF() : null);
        boolean lost = method.has(Fault.MISREADS_THE_OLD_FORMAT) && format < method.formatVersion();
        if (!lost || entry.rowId % 3 != 0) {
          entries.add(entry);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] encode(int parity) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      List<Entry> half = entries.stream().filter(e -> (e.rowId & 1) == parity).toList();
      out.writeInt(method.formatVersion());
      out.writeInt(half.size());
      for (Entry entry : half) {
        out.writeLong(entry.rowId);
        out.writeLong(entry.begin);
        out.writeLong(entry.end);
        out.writeBoolean(entry.value != null);
        if (entry.value != null) {
          out.writeUTF(entry.value);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public synchronized void put(long rowId, long begin, Batch values, int row) {
    boolean known = entries.stream().anyMatch(e -> e.rowId == rowId && e.begin == begin);
    boolean lost = method.has(Fault.LOSES_A_PUT) && rowId % 5 == 0;
    if (lost || (known && !method.has(Fault.PUTS_TWICE))) {
      return;
    }
    Batch source = values;
    int sourceRow = row;
    if (method.has(Fault.KEEPS_THE_BATCH) && kept != null) {
      source = kept;
      sourceRow = keptRow;
    }
    kept = values;
    keptRow = row;
    entries.add(new Entry(rowId, begin, OPEN, (String) source.column(0).valueAt(sourceRow)));
  }

  @Override
  public synchronized void end(long rowId, long begin, long end) {
    if (method.has(Fault.LOSES_AN_END) && rowId % 5 == 0) {
      return;
    }
    int found = -1;
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      boolean candidate =
          entry.rowId == rowId
              && (entry.begin <= begin || method.has(Fault.ENDS_THE_LATEST))
              && (found < 0 || entries.get(found).begin < entry.begin);
      if (candidate) {
        found = i;
      }
    }
    if (found >= 0 && entries.get(found).end == OPEN) {
      if (method.has(Fault.VIEW_CHANGES)) {
        entries.remove(found);
      } else {
        entries.set(found, entries.get(found).endedAt(end));
      }
    }
  }

  @Override
  public synchronized void expire(long watermark) {
    if (!method.has(Fault.NEVER_EXPIRES)) {
      long limit = method.has(Fault.EXPIRES_TOO_MUCH) ? watermark + 200 : watermark;
      entries.removeIf(e -> e.end <= limit);
    }
  }

  @Override
  public synchronized void advance(Position position) {
    advanced = position;
    if (!method.has(Fault.WAITS_FOR_A_REFRESH)) {
      refresh();
    }
  }

  @Override
  public synchronized void refresh() {
    visible = method.has(Fault.VIEW_CHANGES) ? entries : List.copyOf(entries);
    visiblePosition = advanced;
  }

  @Override
  public synchronized IndexView view() {
    return new ReferenceView(this, visible, visiblePosition);
  }

  @Override
  public PreparedRow prepare(Batch values, int row) {
    return new Prepared((String) values.column(0).valueAt(row));
  }

  @Override
  public synchronized Checkpoint checkpoint() {
    Set<String> names = new HashSet<>();
    checkpoints++;
    for (int parity = 0; parity < 2; parity++) {
      String name = parity + "-" + (method.has(Fault.REUSES_A_NAME) ? 0 : checkpoints);
      byte[] bytes = encode(parity);
      try (IndexStore.Output out = context.store().create(name)) {
        out.write(bytes, 0, bytes.length);
      } catch (DatabaseException e) {
        if (!method.has(Fault.CHECKPOINT_AFTER_A_FAILED_WRITE)) {
          throw e;
        }
      }
      if (parity == 0 || !method.has(Fault.CHECKPOINT_MISSES_A_FILE)) {
        names.add(name);
      }
    }
    for (String old : files) {
      context.store().delete(old);
    }
    files = names;
    return new Checkpoint(names, ByteBuffer.allocate(8).putLong(checkpoints).array());
  }

  @Override
  public synchronized long entryCount() {
    return entries.size();
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
