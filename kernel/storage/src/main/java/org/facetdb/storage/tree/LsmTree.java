package org.facetdb.storage.tree;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.log.WriteBatch;
import org.jspecify.annotations.Nullable;

/** Interim tree on the heap: everything stays in the log. */
public final class LsmTree implements AutoCloseable {
  private record Version(long timestamp, byte @Nullable [] value, @Nullable Version older) {}

  private final ConcurrentSkipListMap<Integer, ConcurrentSkipListMap<byte[], Version>> spaces =
      new ConcurrentSkipListMap<>();
  private volatile SortedMap<Integer, KeySpaceOptions> keySpaces = new TreeMap<>();
  private volatile long lastSequence;
  private volatile long lastTimestamp;

  private final FileSystem files;

  private LsmTree(FileSystem files) {
    this.files = files;
    if (files.exists("keyspaces")) {
      try (StorageFile file = files.open("keyspaces", FileSystem.Mode.READ)) {
        byte[] bytes = new byte[(int) file.size()];
        file.readFully(0, bytes, 0, bytes.length);
        TreeMap<Integer, KeySpaceOptions> read = new TreeMap<>();
        for (byte id : bytes) {
          read.put((int) id, KeySpaceOptions.keepForEver());
        }
        keySpaces = read;
      }
    }
  }

  private void save(TreeMap<Integer, KeySpaceOptions> next) {
    keySpaces = next;
    files.delete("keyspaces");
    try (StorageFile file = files.open("keyspaces", FileSystem.Mode.CREATE)) {
      for (int id : next.keySet()) {
        file.write(file.size(), new byte[] {(byte) id}, 0, 1);
      }
      file.sync(SyncSite.MANIFEST_FILE);
    }
    files.syncDirectory(FileSystem.ROOT, SyncSite.CURRENT_DIRECTORY);
  }

  public static LsmTree open(FileSystem files, TreeOptions options, TreeHost host) {
    return new LsmTree(files);
  }

  public long flushedSequence() {
    return 0;
  }

  public long lastSequence() {
    return lastSequence;
  }

  public long lastTimestamp() {
    return lastTimestamp;
  }

  private ConcurrentSkipListMap<byte[], Version> space(int id) {
    return spaces.computeIfAbsent(id, i -> new ConcurrentSkipListMap<>(Arrays::compareUnsigned));
  }

  public void apply(WriteBatch batch, long commitTimestamp, long sequence) {
    WriteBatch.Rows rows = batch.rows();
    while (rows.next()) {
      byte[] value = rows.isDelete() ? null : rows.value();
      space(rows.keySpace())
          .compute(rows.key(), (k, old) -> new Version(commitTimestamp, value, old));
    }
    lastSequence = sequence;
    lastTimestamp = commitTimestamp;
  }

  private static @Nullable Version at(@Nullable Version newest, long timestamp) {
    Version version = newest;
    while (version != null && version.timestamp > timestamp) {
      version = version.older;
    }
    return version;
  }

  public byte @Nullable [] get(int keySpace, byte[] key, long timestamp) {
    Version version = at(space(keySpace).get(key), timestamp);
    return version == null || version.value == null ? null : version.value.clone();
  }

  public Cursor scan(int keySpace, byte @Nullable [] from, byte @Nullable [] to, long timestamp) {
    ConcurrentNavigableMap<byte[], Version> map = space(keySpace);
    if (from != null) {
      map = map.tailMap(from, true);
    }
    if (to != null) {
      if (from != null && Arrays.compareUnsigned(from, to) >= 0) {
        map = new ConcurrentSkipListMap<>();
      } else {
        map = map.headMap(to, false);
      }
    }
    Iterator<Map.Entry<byte[], Version>> entries = map.entrySet().iterator();
    return new Cursor() {
      private byte[] key = new byte[0];
      private byte[] value = new byte[0];
      private long begin;

      @Override
      public boolean next() {
        while (entries.hasNext()) {
          Map.Entry<byte[], Version> entry = entries.next();
          Version version = at(entry.getValue(), timestamp);
          if (version != null && version.value != null) {
            key = entry.getKey();
            value = version.value;
            begin = version.timestamp;
            return true;
          }
        }
        return false;
      }

      @Override
      public byte[] keyArray() {
        return key;
      }

      @Override
      public int keyOffset() {
        return 0;
      }

      @Override
      public int keyLength() {
        return key.length;
      }

      @Override
      public byte[] valueArray() {
        return value;
      }

      @Override
      public int valueOffset() {
        return 0;
      }

      @Override
      public int valueLength() {
        return value.length;
      }

      @Override
      public long commitTimestamp() {
        return begin;
      }

      @Override
      public void close() {}
    };
  }

  public long latestVersion(int keySpace, byte[] key) {
    Version version = space(keySpace).get(key);
    return version == null ? 0 : version.timestamp;
  }

  public boolean changedSince(
      int keySpace, byte @Nullable [] from, byte @Nullable [] to, long timestamp) {
    ConcurrentNavigableMap<byte[], Version> map = space(keySpace);
    map = from == null ? map : map.tailMap(from, true);
    map = to == null ? map : map.headMap(to, false);
    return map.values().stream().anyMatch(v -> v.timestamp > timestamp);
  }

  public int createKeySpace(KeySpaceOptions options) {
    TreeMap<Integer, KeySpaceOptions> next = new TreeMap<>(keySpaces);
    int id = next.isEmpty() ? 1 : next.lastKey() + 1;
    next.put(id, options);
    save(next);
    return id;
  }

  public void dropKeySpace(int keySpace, long timestamp) {
    TreeMap<Integer, KeySpaceOptions> next = new TreeMap<>(keySpaces);
    next.remove(keySpace);
    save(next);
  }

  public SortedMap<Integer, KeySpaceOptions> keySpaces() {
    return keySpaces;
  }

  public long oldestReadable(int keySpace) {
    return 0;
  }

  public void flush() {}

  public void compact() {}

  public List<String> check() {
    return List.of();
  }

  @Override
  public void close() {}
}
