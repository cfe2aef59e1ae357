package org.facetdb.storage.crash;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.Transaction;

/**
 * The process that is killed: four threads commit as fast as they can, and each commit is
 * acknowledged on standard output once it returned; a fifth follows the log.
 *
 * <p>Commit n of thread t writes n under (t, n) in two key spaces, removes what commit n - {@link
 * #WINDOW} wrote, and sets the head of t to n.
 */
public final class KillChild {
  static final int THREADS = 4;
  static final int WINDOW = 500;
  static final int LEFT = 2;
  static final int RIGHT = 3;

  private KillChild() {}

  static StoreOptions options() {
    return StoreOptions.defaults()
        .withMemtableBytes(256 << 10)
        .withSegmentBytes(64 << 10)
        .withBlockCacheBytes(1 << 20)
        .withSpillBytes(600)
        .withTables(TableOptions.defaults().withBottom(BottomCompression.ZSTD).withMapped(true))
        .withChangeLog(true);
  }

  static byte[] key(int thread, long number) {
    return ByteBuffer.allocate(9).put((byte) thread).putLong(number).array();
  }

  static byte[] head(int thread) {
    return new byte[] {(byte) 200, (byte) thread};
  }

  /** The value of a commit: its number, then bytes that follow from it. */
  static byte[] value(int thread, long number) {
    byte[] value = new byte[8 + (int) (number * 31 % 200)];
    new Random(number * THREADS + thread).nextBytes(value);
    ByteBuffer.wrap(value).putLong(number);
    return value;
  }

  static long number(byte[] value) {
    return ByteBuffer.wrap(value).getLong();
  }

  private static void say(FileOutputStream out, String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Arguments: "commit" or "hold", then the directory. */
  public static void main(String[] arguments) throws InterruptedException {
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    Store store;
    try {
      store = Stores.open(Path.of(arguments[1]), options());
    } catch (StorageException e) {
      say(out, "refused " + e.sqlState() + " " + e.getMessage());
      return;
    }
    while (store.keySpaces().size() < RIGHT) {
      store.createKeySpace(KeySpaceOptions.keepForEver());
    }
    say(out, "ready " + ProcessHandle.current().pid());
    if (arguments[0].equals("hold")) {
      Thread.sleep(600_000);
    }
    Thread.ofPlatform().start(() -> followForEver(store, out));
    for (int thread = 0; thread < THREADS; thread++) {
      int id = thread;
      Thread.ofPlatform().start(() -> commitForEver(store, id, out));
    }
  }

  private static void followForEver(Store store, FileOutputStream out) {
    Follower follower = new Follower(store);
    String fault = follower.follow();
    while (fault == null) {
      fault = follower.follow();
    }
    say(out, "fault " + fault);
  }

  private static void commitForEver(Store store, int thread, FileOutputStream out) {
    long number;
    try (Transaction transaction = store.begin()) {
      byte[] last = transaction.get(Store.CATALOG_KEY_SPACE, head(thread));
      number = last == null ? 0 : number(last);
    }
    while (true) {
      number++;
      try (Transaction transaction = store.begin()) {
        byte[] value = value(thread, number);
        transaction.put(LEFT, key(thread, number), value);
        transaction.put(RIGHT, key(thread, number), value);
        if (number > WINDOW) {
          transaction.delete(LEFT, key(thread, number - WINDOW));
          transaction.delete(RIGHT, key(thread, number - WINDOW));
        }
        transaction.put(Store.CATALOG_KEY_SPACE, head(thread), value);
        transaction.commit(Durability.SYNC);
      }
      say(out, "ack " + thread + " " + number);
    }
  }
}
