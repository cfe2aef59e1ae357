package org.facetdb.storage.tree;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.log.WriteBatch;

/** A tree with small sizes, and commits one after the other. */
final class TreeFixture implements AutoCloseable {
  final FileSystem files;
  final TestHost host = new TestHost();
  final TreeOptions options;
  LsmTree tree;
  long sequence;

  TreeFixture(FileSystem files, TreeOptions options) {
    this.files = files;
    this.options = options;
    host.now.set(HybridTime.ofMillis(1_000_000));
    tree = LsmTree.open(files, options, host);
    sequence = tree.lastSequence();
  }

  static TreeOptions small(Executor executor) {
    return new TreeOptions(
        32 << 10,
        2,
        512,
        8 << 10,
        64 << 10,
        3,
        32 << 10,
        0,
        TableOptions.defaults().withMapped(true),
        2,
        0,
        executor);
  }

  static byte[] key(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  WriteBatch batch() {
    return new WriteBatch(256);
  }

  /** Commits and returns the timestamp. */
  long commit(WriteBatch batch) {
    long timestamp = host.now.addAndGet(1);
    tree.apply(batch, timestamp, ++sequence);
    host.lastCommit.set(timestamp);
    return timestamp;
  }

  long put(int keySpace, byte[] key, byte[] value) {
    WriteBatch batch = batch();
    batch.put(keySpace, key, value, -1L, 0);
    return commit(batch);
  }

  long delete(int keySpace, byte[] key) {
    WriteBatch batch = batch();
    batch.delete(keySpace, key, 0);
    return commit(batch);
  }

  void reopen() {
    tree.close();
    tree = LsmTree.open(files, options, host);
  }

  @Override
  public void close() {
    tree.close();
  }
}
