package org.facetdb.storage.tree;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** All versions ever, in sorted maps: what a tree must answer. */
final class VersionModel {
  /** Key to commit timestamp to value; an empty optional value, null, is a removal. */
  final Map<Integer, TreeMap<byte[], TreeMap<Long, byte[]>>> spaces = new TreeMap<>();

  void write(int keySpace, byte[] key, long timestamp, byte[] value) {
    spaces
        .computeIfAbsent(keySpace, s -> new TreeMap<>(Arrays::compareUnsigned))
        .computeIfAbsent(key, k -> new TreeMap<>())
        .put(timestamp, value);
  }

  byte[] get(int keySpace, byte[] key, long timestamp) {
    TreeMap<Long, byte[]> versions = keys(keySpace).get(key);
    Map.Entry<Long, byte[]> version = versions == null ? null : versions.floorEntry(timestamp);
    return version == null ? null : version.getValue();
  }

  long newest(int keySpace, byte[] key) {
    TreeMap<Long, byte[]> versions = keys(keySpace).get(key);
    return versions == null ? 0 : versions.lastKey();
  }

  boolean newestIsRemoval(int keySpace, byte[] key) {
    TreeMap<Long, byte[]> versions = keys(keySpace).get(key);
    return versions != null && versions.lastEntry().getValue() == null;
  }

  TreeMap<byte[], TreeMap<Long, byte[]>> keys(int keySpace) {
    return spaces.computeIfAbsent(keySpace, s -> new TreeMap<>(Arrays::compareUnsigned));
  }

  TreeMap<byte[], byte[]> scan(int keySpace, byte[] from, byte[] to, long timestamp) {
    TreeMap<byte[], byte[]> result = new TreeMap<>(Arrays::compareUnsigned);
    keys(keySpace)
        .forEach(
            (key, versions) -> {
              if ((from == null || Arrays.compareUnsigned(key, from) >= 0)
                  && (to == null || Arrays.compareUnsigned(key, to) < 0)) {
                Map.Entry<Long, byte[]> version = versions.floorEntry(timestamp);
                if (version != null && version.getValue() != null) {
                  result.put(key, version.getValue());
                }
              }
            });
    return result;
  }
}
