package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.facetdb.storage.Durability;
import org.facetdb.storage.SideFiles;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.txn.FacetStore;

/**
 * Commits of which number n sets key n % 16 to n, so that a sequence tells the state. Stateless.
 */
final class Numbered {
  private Numbered() {}

  static void commit(Store store, int count) {
    for (int i = 0; i < count; i++) {
      long number = store.lastSequence() + 1;
      try (Transaction transaction = store.begin()) {
        transaction.put(Store.CATALOG_KEY_SPACE, key(number), value(number));
        transaction.commit(Durability.SYNC);
      }
    }
  }

  private static byte[] key(long number) {
    return new byte[] {(byte) (number % 16)};
  }

  private static byte[] value(long number) {
    return "number %0200d".formatted(number).getBytes(StandardCharsets.US_ASCII);
  }

  /** Makes a directory of side files. */
  static void side(Store store, String name) {
    SideFiles side = store.sideFiles();
    side.createDirectory("index/" + name);
    try (SideFiles.Output out = side.create("index/" + name, "part")) {
      out.write(value(store.lastSequence()), 0, 10);
    }
    side.sync("index/" + name, List.of("part"));
  }

  /**
   * Checks and opens a store, and compares it.
   *
   * @param sideFiles those of directory {@code a}
   */
  static void assertState(
      FileSystem files, long sequence, List<String> sideFiles, Function<FileSystem, Store> open) {
    assertEquals(List.of(), FacetStore.check(files).problems());
    try (Store store = open.apply(files)) {
      assertEquals(sequence, store.lastSequence());
      for (long number = Math.max(1, sequence - 15); number <= sequence; number++) {
        byte[] found = store.snapshot().get(Store.CATALOG_KEY_SPACE, key(number));
        assertEquals(text(value(number)), found == null ? "nothing" : text(found));
      }
      assertEquals(sideFiles, store.sideFiles().files("index/a"));
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  /** Whether a restore came to its end. */
  static boolean isComplete(FileSystem files) {
    return files.exists("CURRENT") && !files.exists("RESTORING");
  }

  static void assertRefusedOrEmpty(FileSystem left, Function<FileSystem, Store> open) {
    if (left.list(FileSystem.ROOT).isEmpty()) {
      return;
    }
    StorageException refusal =
        assertThrows(
            StorageException.class, () -> open.apply(left).close(), left.list("").toString());
    assertEquals("55000", refusal.sqlState());
  }
}
