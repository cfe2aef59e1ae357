package org.facetdb.storage.tree.table;

import com.github.luben.zstd.ZstdCompressCtx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.entry.EntryCursor;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.jspecify.annotations.Nullable;

/**
 * Writes one sstable from entries in the order key space, key, begin descending. Used by one
 * thread. Owns the file until {@link #finish}; closing an unfinished writer deletes it.
 */
public final class TableWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 18;
  private static final int ZSTD_BLOCKS = 4;

  /** So many bytes are handed to the device at once while more are made. */
  private static final int BEGIN_BYTES = 1 << 20;

  private final FileSystem files;
  private final StorageFile file;
  private final long number;
  private final TableFile table;
  private final TableKind kind;
  private final int blockBytes;
  private final boolean lasting;
  private final boolean zstd;
  private final BlockBuilder data = new BlockBuilder();
  private final PartsBuilder parts;
  private byte[] buffer = new byte[BUFFER_BYTES];
  private byte[] block = {};
  private byte[] ordered = {};
  private int buffered;
  private long position;
  private long begun;
  private SpaceKey smallest = new SpaceKey(0, new byte[0]);
  private SpaceKey largest = smallest;
  private long entries;
  private long removals;
  private long minBegin = Long.MAX_VALUE;
  private long maxBegin;
  private long maxEnd;
  private boolean finished;

  /** Made with the first block that needs it. */
  private @Nullable ZstdCompressCtx compressor;

  /**
   * Makes the file of a table; it must not exist.
   *
   * @param lasting whether it goes to the lowest level, where it pays to take longer for a better
   *     filter and smaller blocks
   * @param bottom compression of a lasting one's data blocks; zstd, where native code writes it,
   *     takes blocks of four times the bytes
   */
  public TableWriter(
      FileSystem files,
      long number,
      TableKind kind,
      int blockBytes,
      boolean lasting,
      BottomCompression bottom) {
    this.files = files;
    this.lasting = lasting;
    this.parts = new PartsBuilder(lasting, blockBytes);
    this.zstd = lasting && bottom == BottomCompression.ZSTD && Zstd.isNative();
    this.number = number;
    this.kind = kind;
    this.blockBytes = zstd ? ZSTD_BLOCKS * blockBytes : blockBytes;
    this.file = files.open(TableFormat.fileName(number), FileSystem.Mode.CREATE);
    this.table = new TableFile(file.name(), number, TableFormat.VERSION);
    byte[] header = new byte[TableFormat.HEADER_BYTES];
    Bytes.putLong(header, 0, TableFormat.HEADER_MAGIC);
    Bytes.putShort(header, 8, TableFormat.VERSION);
    Bytes.putInt(header, 12, kind.code());
    Bytes.putLong(header, 16, number);
    Bytes.putInt(header, 24, TableFormat.KEY_ID_NONE);
    Bytes.putInt(header, 28, TableFormat.crc(header, 0, 28));
    write(header, header.length);
  }

  public long number() {
    return number;
  }

  public long entries() {
    return entries;
  }

  /** Bytes written so far, without the parts at the end. */
  public long bytes() {
    return position;
  }

  /** Whether the last key added is the given one. */
  public boolean lastKeyIs(int keySpace, byte[] key, int offset, int length) {
    return data.count() > 0 && data.keySpace() == keySpace && data.lastKeyIs(key, offset, length);
  }

  /** Adds the version that a cursor stands on, with an end of the caller's. */
  public void add(EntryCursor at, long end) {
    add(
        at.keySpace(),
        at.keyArray(),
        at.keyOffset(),
        at.keyLength(),
        at.begin(),
        end,
        at.deleted(),
        at.valueArray(),
        at.valueOffset(),
        at.valueLength());
  }

  /** Adds a version. */
  public void add(
      int keySpace,
      byte[] key,
      int keyOffset,
      int keyLength,
      long begin,
      long end,
      boolean deleted,
      byte[] value,
      int valueOffset,
      int valueLength) {
    boolean sameKey = lastKeyIs(keySpace, key, keyOffset, keyLength);
    if (data.count() > 0) {
      boolean full =
          data.estimate() + keyLength + valueLength > blockBytes || data.keySpace() != keySpace;
      if (full) {
        cutBlock();
        if (sameKey) {
          parts.goOn();
        }
      }
    }
    if (entries == 0) {
      smallest = new SpaceKey(keySpace, Arrays.copyOfRange(key, keyOffset, keyOffset + keyLength));
    }
    if (!sameKey) {
      parts.addKey(Bytes.hash(keySpace, key, keyOffset, keyLength));
    }
    data.add(
        keySpace, key, keyOffset, keyLength, begin, end, deleted, value, valueOffset, valueLength);
    entries++;
    removals += deleted ? 1 : 0;
    minBegin = Math.min(minBegin, begin);
    maxBegin = Math.max(maxBegin, begin);
    maxEnd = Math.max(maxEnd, end);
  }

  private void cutBlock() {
    byte[] firstKey = data.firstKey();
    largest = new SpaceKey(data.keySpace(), data.lastKey());
    int space = data.keySpace();
    long firstBegin = data.firstBegin();
    int length = data.finishInPlace();
    BlockHandle handle = writeBlock(TableFormat.DATA, data.array(), length);
    parts.addBlock(space, firstKey, firstBegin, handle);
  }

  /** Writes a block and returns its handle. */
  private BlockHandle writeBlock(byte type, byte[] raw) {
    return writeBlock(type, raw, raw.length);
  }

  private BlockHandle writeBlock(byte type, byte[] raw, int length) {
    int most = TableFormat.BLOCK_HEADER_BYTES + Compression.maxCompressedLength(length);
    if (block.length < most) {
      block = new byte[most];
    }
    boolean columns =
        (type == TableFormat.DATA || type == TableFormat.INDEX) && ColumnOrder.applies(raw);
    byte[] source = raw;
    if (columns) {
      if (ordered.length < length) {
        ordered = new byte[length];
      }
      ColumnOrder.putByPosition(raw, length, ordered);
      source = ordered;
    }
    byte compression = columns ? Compression.COLUMNS_LZ4 : Compression.LZ4;
    int stored = 0;
    if (zstd && type == TableFormat.DATA) {
      compression = columns ? Compression.COLUMNS_ZSTD : Compression.ZSTD;
      stored = compressZstd(source, length);
    }
    if (!Compression.isBounded(length, stored)) {
      compression = columns ? Compression.COLUMNS_LZ4 : Compression.LZ4;
      stored =
          type == TableFormat.FILTER || type == TableFormat.FUSE_FILTER
              ? length
              : Compression.compress(source, 0, length, block, TableFormat.BLOCK_HEADER_BYTES);
    }
    if (stored > length - (length >>> 3)) {
      compression = Compression.NONE;
      stored = length;
      System.arraycopy(raw, 0, block, TableFormat.BLOCK_HEADER_BYTES, stored);
    }
    block[0] = TableFormat.VERSION;
    block[1] = type;
    block[2] = compression;
    Bytes.putInt(block, 4, TableFormat.KEY_ID_NONE);
    Bytes.putInt(block, 8, length);
    Bytes.putInt(block, 12, stored);
    Bytes.putInt(block, 16, TableFormat.blockCrc(table, position, block, 0, stored));
    BlockHandle handle = new BlockHandle(position, TableFormat.BLOCK_HEADER_BYTES + stored);
    write(block, handle.length());
    return handle;
  }

  private int compressZstd(byte[] source, int length) {
    ZstdCompressCtx context = compressor;
    if (context == null) {
      context = Zstd.compressor();
      compressor = context;
    }
    int at = TableFormat.BLOCK_HEADER_BYTES;
    return context.compressByteArray(block, at, block.length - at, source, 0, length);
  }

  private void write(byte[] bytes, int length) {
    if (length > buffer.length - buffered) {
      drain();
    }
    if (length > buffer.length) {
      file.write(position, bytes, 0, length);
    } else {
      System.arraycopy(bytes, 0, buffer, buffered, length);
      buffered += length;
    }
    position += length;
  }

  private void drain() {
    if (buffered > 0) {
      file.write(position - buffered, buffer, 0, buffered);
      buffered = 0;
    }
    if (position - begun >= BEGIN_BYTES) {
      file.beginWriting(begun, position);
      begun = position;
    }
  }

  /** Completes and syncs the file; its name is durable after a sync of the directory. */
  public TableInfo finish() {
    if (entries == 0) {
      throw new IllegalStateException("a table needs an entry: number=" + number);
    }
    cutBlock();
    BlockHandle directory = writeBlock(TableFormat.DIRECTORY, writeParts());
    byte[] footer = new byte[TableFormat.FOOTER_BYTES];
    directory.put(footer, 0);
    Bytes.putInt(footer, 28, TableFormat.KEY_ID_NONE);
    Bytes.putInt(footer, 32, TableFormat.VERSION);
    Bytes.putInt(footer, 36, TableFormat.crc(footer, 0, 36));
    Bytes.putLong(footer, 40, TableFormat.FOOTER_MAGIC);
    write(footer, footer.length);
    drain();
    buffer = new byte[0];
    block = buffer;
    ordered = buffer;
    closeCompressor();
    file.sync(SyncSite.SSTABLE);
    finished = true;
    file.close();
    return info();
  }

  /** What is known of the table; bytes are those written so far. */
  private TableInfo info() {
    return new TableInfo(
        number, kind, position, entries, removals, smallest, largest, minBegin, maxBegin, maxEnd);
  }

  /** Writes the filters and the index blocks; returns the directory. */
  private byte[] writeParts() {
    List<PartsBuilder.Part> made = parts.finish();
    int[] keySpaces = new int[made.size()];
    byte[][] keys = new byte[made.size()][];
    long[] begins = new long[made.size()];
    List<TableParts.Place> places = new ArrayList<>();
    for (int i = 0; i < made.size(); i++) {
      PartsBuilder.Part part = made.get(i);
      BlockHandle filter = writeBlock(part.filter().blockType(), part.filter().toBytes());
      BlockHandle index = writeBlock(TableFormat.INDEX, part.index());
      places.add(new TableParts.Place(index, filter, part.blocks()));
      keySpaces[i] = part.keySpace();
      keys[i] = part.firstKey();
      begins[i] = part.firstBegin();
    }
    return TableDirectory.encode(new FirstKeys(keySpaces, keys, begins), places, info());
  }

  private void closeCompressor() {
    ZstdCompressCtx context = compressor;
    if (context != null) {
      compressor = null;
      context.close();
    }
  }

  @Override
  public void close() {
    closeCompressor();
    if (!finished) {
      file.close();
      files.delete(TableFormat.fileName(number));
    }
  }
}
