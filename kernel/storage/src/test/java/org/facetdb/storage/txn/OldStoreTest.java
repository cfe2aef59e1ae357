package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.facetdb.storage.CheckReport;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.DiskFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A store that was killed when tables had version 2, manifests, timelines and segments version 1,
 * and headers of segments no size: it opens, holds every commit and goes on in the new formats.
 */
class OldStoreTest {
  private static final int SPACE = 2;
  private static final int COMMITS = 60;
  private static final List<String> FILES =
      List.of(
          "CURRENT",
          "MANIFEST-0000000001",
          "log/0000000000000001.log",
          "log/0000000000000001.timeline",
          "log/0000000000000002.log",
          "log/spare-00000001",
          "tables/0000000004.sst",
          "tables/0000000005.sst");

  @TempDir private Path folder;

  private final StoreOptions options =
      StoreOptions.defaults().withMemtableBytes(1 << 20).withSegmentBytes(4096).withChangeLog(true);

  private void unpack() throws IOException {
    Files.createDirectories(folder.resolve("tables"));
    Files.createDirectories(folder.resolve("log"));
    for (String name : FILES) {
      try (InputStream bytes = OldStoreTest.class.getResourceAsStream("/store-2/" + name)) {
        Files.copy(Objects.requireNonNull(bytes, name), folder.resolve(name));
      }
    }
  }

  private static byte[] key(int i) {
    return ("key " + i).getBytes(StandardCharsets.UTF_8);
  }

  /** The states after 0, 1, 2 ... commits, as the store was written. */
  private static List<Model> states() {
    List<Model> states = new ArrayList<>(List.of(new Model()));
    for (int i = 1; i <= COMMITS; i++) {
      Model model = states.getLast().copy();
      model.put(SPACE, key(i % 20), ("value of commit " + i).getBytes(StandardCharsets.UTF_8));
      if (i % 7 == 0) {
        model.put(SPACE, key((i + 3) % 20), null);
      }
      states.add(model);
    }
    return states;
  }

  private static void verify(Store store) {
    List<Model> states = states();
    for (int sequence = 0; sequence <= COMMITS; sequence++) {
      try (Snapshot snapshot = store.snapshotAtSequence(sequence)) {
        states.get(sequence).assertSame(snapshot, SPACE, "after commit " + sequence);
      }
    }
    List<Long> sequences = new ArrayList<>();
    assertTrue(store.changes().read(0, COMMITS, batch -> sequences.add(batch.sequence())));
    assertEquals(COMMITS, sequences.size());
  }

  private CheckReport check() {
    return FacetStore.check(new DiskFileSystem(folder));
  }

  @Test
  void everyFileOfAnOlderStoreIsReadAndWrittenOn() throws IOException {
    unpack();
    assertEquals(List.of(), check().problems());
    try (Store store =
        FacetStore.open(new DiskFileSystem(folder), options, StoreThreads.direct())) {
      verify(store);
      store.compact();
      verify(store);
      try (Transaction transaction = store.begin()) {
        transaction.put(SPACE, key(99), key(99));
        transaction.commit(Durability.SYNC);
      }
      store.flush();
    }
    assertEquals(new CheckReport(List.of(), 2, COMMITS + 1), check());
    try (Store store =
        FacetStore.open(new DiskFileSystem(folder), options, StoreThreads.direct())) {
      verify(store);
    }
  }
}
