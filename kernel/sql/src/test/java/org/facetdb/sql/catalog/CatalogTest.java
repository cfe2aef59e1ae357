package org.facetdb.sql.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.facetdb.sql.type.LogicalTypes;
import org.facetdb.sql.type.SqlType;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {
  @TempDir Path directory;

  private static Catalog catalog(Store store) {
    return new Catalog(store, LogicalTypes::byName, InformationSchema.views());
  }

  private static TableDefinition define(CatalogEditor editor, String name) {
    int id = editor.nextId();
    TableDefinition table =
        new TableDefinition(
            id,
            CatalogSnapshot.PUBLIC,
            name,
            List.of(
                new ColumnDefinition(1, "a", SqlType.numeric(10, 2), 10, 2, true, "1 + 1"),
                ColumnDefinition.of(2, "b", SqlType.TIMESTAMPTZ)),
            new KeyConstraint(name + "_pkey", List.of(0), 0),
            List.of(new KeyConstraint(name + "_b_key", List.of(1), 77)),
            List.of(new CheckConstraint("positive", "a > 0")),
            List.of(
                new ForeignKey(
                    "self",
                    List.of(0),
                    id,
                    List.of(0),
                    0,
                    ForeignKey.Action.CASCADE,
                    ForeignKey.Action.RESTRICT,
                    Checking.INITIALLY_DEFERRED)),
            List.of(
                new IndexDefinition(
                    77,
                    name + "_b_key",
                    id,
                    editor.createKeySpace(null),
                    true,
                    List.of(new IndexDefinition.IndexColumn(1, true, false)))),
            editor.createKeySpace(Duration.ofHours(1)),
            1,
            true,
            Duration.ofDays(3));
    editor.put(table);
    return table;
  }

  @Test
  void aDefinitionReadsBackAsItWasWritten() {
    try (Store store = Stores.openInMemory(StoreOptions.defaults())) {
      Catalog catalog = catalog(store);
      try (Transaction transaction = store.begin()) {
        TableDefinition table = define(catalog.edit(transaction), "t");
        DefinitionCodec codec = new DefinitionCodec(LogicalTypes::byName);
        assertEquals(table, codec.decode(codec.encode(table)));
        byte[] bytes = codec.encode(table);
        byte[] cut = java.util.Arrays.copyOf(bytes, bytes.length / 2);
        assertThrows(org.facetdb.spi.DatabaseException.class, () -> codec.decode(cut));
      }
    }
  }

  @Test
  void aReaderSeesTheCatalogOfItsTime() {
    try (Store store = Stores.openInMemory(StoreOptions.defaults())) {
      Catalog catalog = catalog(store);
      try (Snapshot before = store.snapshot();
          Transaction transaction = store.begin()) {
        define(catalog.edit(transaction), "t");
        assertNull(catalog.at(before).table("public", "t"));
        assertNotNull(catalog.uncommitted(transaction).table("public", "t"));
        assertTrue(catalog.uncommitted(transaction).version() < 0);
        catalog.changing();
        long committed = transaction.commit(Durability.NONE);
        try (Snapshot during = store.snapshot()) {
          assertNotNull(catalog.at(during).table("public", "t"), "published late, read early");
        }
        catalog.changed();
        try (Snapshot after = store.snapshot();
            Snapshot then = store.snapshotAt(committed)) {
          assertNotNull(catalog.at(after).table("public", "t"));
          assertSame(catalog.at(after), catalog.at(after));
          assertNotNull(catalog.at(then).table("public", "t"));
        }
        assertNull(catalog.at(before).table("public", "t"));
      }
    }
  }

  @Test
  void concurrentChangesConflict() {
    try (Store store = Stores.openInMemory(StoreOptions.defaults())) {
      Catalog catalog = catalog(store);
      try (Transaction first = store.begin();
          Transaction second = store.begin()) {
        define(catalog.edit(first), "a");
        define(catalog.edit(second), "b");
        first.commit(Durability.NONE);
        StorageException e =
            assertThrows(StorageException.class, () -> second.commit(Durability.NONE));
        assertEquals("40001", e.sqlState());
      }
    }
  }

  @Test
  void orphanedKeySpacesAreDroppedAtOpen() {
    int orphan;
    TableDefinition table;
    try (Store store = Stores.open(directory, StoreOptions.defaults())) {
      Catalog catalog = catalog(store);
      orphan = store.createKeySpace(KeySpaceOptions.keepForEver());
      try (Transaction transaction = store.begin()) {
        table = define(catalog.edit(transaction), "t");
        transaction.commit(Durability.SYNC);
      }
    }
    try (Store store = Stores.open(directory, StoreOptions.defaults())) {
      Catalog catalog = catalog(store);
      assertFalse(store.keySpaces().containsKey(orphan));
      assertTrue(store.keySpaces().keySet().containsAll(Catalog.keySpacesOf(table)));
      try (Snapshot snapshot = store.snapshot()) {
        assertEquals(table, catalog.at(snapshot).table(table.id()));
      }
    }
  }

  @Test
  void rowIdsAreNeverGivenTwiceNotEvenAfterReopening() throws InterruptedException {
    Set<Long> given = ConcurrentHashMap.newKeySet();
    for (int round = 0; round < 3; round++) {
      try (Store store = Stores.open(directory, StoreOptions.defaults())) {
        RowIds ids = new RowIds(store);
        Set<String> repeated = ConcurrentHashMap.newKeySet();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
          threads[t] =
              new Thread(
                  () -> {
                    for (int i = 0; i < 1000; i++) {
                      long id = ids.next(9);
                      if (!given.add(id) || id >>> 48 != 0) {
                        repeated.add("id=" + id);
                      }
                    }
                  });
          threads[t].start();
        }
        for (Thread thread : threads) {
          thread.join();
        }
        assertEquals(Set.of(), repeated);
      }
    }
    assertEquals(12_000, new HashSet<>(given).size());
  }
}
