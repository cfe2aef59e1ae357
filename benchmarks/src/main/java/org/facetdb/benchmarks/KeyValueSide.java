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

  /** Reads all entries in order and returns their number. */
  long scan() throws Exception;

  @Override
  void close();
}
