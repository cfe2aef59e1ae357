package org.facetdb.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.EnvOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.SstFileWriter;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB through its own Java binding: LZ4, blocks of 4 KB, 10-bit Bloom, memtable of 64 MB. */
final class RocksSide implements KeyValueSide {
  static final String SETTINGS =
      "LZ4, 4 KB blocks, 10-bit Bloom, 64 MB memtable, WAL on, sync off unless durable,"
          + " full compactions on two threads";

  private final Path directory;
  private final Options options;
  private final RocksDB db;
  private final WriteOptions unsynced = new WriteOptions().setSync(false);
  private final WriteOptions synced = new WriteOptions().setSync(true);
  private final ReadOptions reads = new ReadOptions();

  RocksSide(Path directory, long cacheBytes) throws RocksDBException {
    RocksDB.loadLibrary();
    this.directory = directory;
    options =
        new Options()
            .setCreateIfMissing(true)
            .setCompressionType(CompressionType.LZ4_COMPRESSION)
            .setWriteBufferSize(64L << 20)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockSize(4096)
                    .setFilterPolicy(new BloomFilter(10, false))
                    .setBlockCache(new LRUCache(cacheBytes)));
    db = RocksDB.open(options, directory.toString());
  }

  static String version() {
    RocksDB.loadLibrary();
    return "RocksDB " + RocksDB.rocksdbVersion();
  }

  @Override
  public void put(byte[] key, byte[] value) throws RocksDBException {
    db.put(unsynced, key, value);
  }

  @Override
  public void putAll(byte[][] keys, byte[][] values, int from, int to) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      for (int i = from; i < to; i++) {
        batch.put(keys[i], values[i]);
      }
      db.write(unsynced, batch);
    }
  }

  /** Sorts on the heap, and writes a table that the store takes in without logging it. */
  @Override
  public void loadAtOnce(Entries entries) throws RocksDBException {
    Integer[] order = new Integer[entries.count()];
    byte[][] keys = new byte[entries.count()][];
    Arrays.setAll(order, n -> n);
    Arrays.setAll(keys, entries::key);
    Arrays.sort(order, (a, b) -> Arrays.compareUnsigned(keys[a], keys[b]));
    String table = directory.resolveSibling(directory.getFileName() + ".load").toString();
    try (EnvOptions environment = new EnvOptions();
        SstFileWriter writer = new SstFileWriter(environment, options);
        IngestExternalFileOptions moving = new IngestExternalFileOptions().setMoveFiles(true)) {
      writer.open(table);
      for (int n : order) {
        writer.put(keys[n], entries.value(n, 0));
      }
      writer.finish();
      db.ingestExternalFile(List.of(table), moving);
    }
  }

  @Override
  public void putDurably(byte[] key, byte[] value) throws RocksDBException {
    db.put(synced, key, value);
  }

  @Override
  public int getLatest(byte[] key) throws RocksDBException {
    return get(key);
  }

  @Override
  public long range(byte[] from, int count) {
    long sum = 0;
    try (RocksIterator cursor = db.newIterator(reads)) {
      cursor.seek(from);
      for (int i = 0; i < count && cursor.isValid(); i++, cursor.next()) {
        byte[] key = cursor.key();
        byte[] value = cursor.value();
        sum += KeyValueSide.sum(key, 0, key.length) + KeyValueSide.sum(value, 0, value.length);
      }
    }
    return sum;
  }

  @Override
  public long tableBytes() throws IOException {
    return Scratch.bytes(directory, ".sst");
  }

  @Override
  public void flush() throws RocksDBException {
    try (FlushOptions wait = new FlushOptions().setWaitForFlush(true)) {
      db.flush(wait);
    }
  }

  @Override
  public void settle() throws RocksDBException {
    flush();
    // Two threads, as ours takes.
    try (CompactRangeOptions shared = new CompactRangeOptions().setMaxSubcompactions(2)) {
      db.compactRange(db.getDefaultColumnFamily(), null, null, shared);
    }
  }

  @Override
  public int get(byte[] key) throws RocksDBException {
    byte[] value = db.get(reads, key);
    return value == null ? -1 : value.length;
  }

  @Override
  public Scanned scan() {
    long count = 0;
    long sum = 0;
    try (RocksIterator cursor = db.newIterator(reads)) {
      for (cursor.seekToFirst(); cursor.isValid(); cursor.next()) {
        byte[] key = cursor.key();
        byte[] value = cursor.value();
        sum += KeyValueSide.sum(key, 0, key.length) + KeyValueSide.sum(value, 0, value.length);
        count++;
      }
    }
    return new Scanned(count, sum);
  }

  @Override
  public void close() {
    db.close();
    reads.close();
    unsynced.close();
    synced.close();
    options.close();
  }
}
