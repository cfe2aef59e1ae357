package org.facetdb.benchmarks;

/** A key-value store under test. Used by one thread. */
interface KeyValueSide extends AutoCloseable {
  /** One durable-in-order but unsynced write. */
  void put(byte[] key, byte[] value) throws Exception;

  /** Writes several entries as one commit. */
  void putAll(byte[][] keys, byte[][] values, int from, int to) throws Exception;

  /** Brings everything into sstables in their ideal shape. */
  void settle() throws Exception;

  /** The value's length, -1 if the key is absent. */
  int get(byte[] key) throws Exception;

  /** What a scan came to: how many entries, and the sum of all their bytes. */
  record Scanned(long entries, long sum) {}

  /** Reads every byte of all entries, in order. */
  Scanned scan() throws Exception;

  /** The sum of a range's bytes, taken as numbers from -128. */
  static long sum(byte[] array, int offset, int length) {
    int sum = 0;
    for (int i = offset; i < offset + length; i++) {
      sum += array[i];
    }
    return sum;
  }

  @Override
  void close();
}
