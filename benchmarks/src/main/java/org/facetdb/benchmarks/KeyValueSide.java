package org.facetdb.benchmarks;

import java.io.IOException;

/** A key-value store under test. Used by one thread, unless a method says otherwise. */
interface KeyValueSide extends AutoCloseable {
  /** One durable-in-order but unsynced write. */
  void put(byte[] key, byte[] value) throws Exception;

  /** Writes several entries as one commit. */
  void putAll(byte[][] keys, byte[][] values, int from, int to) throws Exception;

  /** Writes all entries, which come in random order, so that all are seen at once or none. */
  void loadAtOnce(Entries entries) throws Exception;

  /** Brings everything into sstables in their ideal shape. */
  void settle() throws Exception;

  /** The value's length, -1 if the key is absent. */
  int get(byte[] key) throws Exception;

  /** The same of what is committed now. Safe for use by any number of threads, as put is. */
  int getLatest(byte[] key) throws Exception;

  /**
   * Seeks the first entry at or above a key and reads that and those behind it.
   *
   * @param count how many entries at most
   * @return the sum of their bytes
   */
  long range(byte[] from, int count) throws Exception;

  /** A write that is on the device when this returns. Safe for use by any number of threads. */
  void putDurably(byte[] key, byte[] value) throws Exception;

  /** Bytes of the sstables. */
  long tableBytes() throws IOException;

  /** Brings what is in memory into sstables, and goes on merging in the background alone. */
  void flush() throws Exception;

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
