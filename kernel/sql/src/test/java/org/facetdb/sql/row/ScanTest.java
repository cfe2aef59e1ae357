package org.facetdb.sql.row;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.IndexDefinition.IndexColumn;
import org.facetdb.sql.catalog.KeyConstraint;
import org.facetdb.sql.catalog.RowIds;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.dml.Concurrency;
import org.facetdb.sql.dml.TableWriter;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.type.SqlType;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scans and lookups over a table (id, a, b) against a list of its rows. */
class ScanTest {
  private static final long SEED = Long.getLong("facetdb.seed", System.nanoTime());

  private record Row(int id, @Nullable Integer a, @Nullable String b) {}

  private final RandomRows random = new RandomRows(SEED);
  private Store store;
  private RowIds rowIds;

  @BeforeEach
  void open() {
    store = Stores.openInMemory(StoreOptions.defaults());
    rowIds = new RowIds(store);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private TableDefinition table(boolean keyed, boolean unique, IndexColumn... parts) {
    int rows = store.createKeySpace(KeySpaceOptions.keepForEver());
    int entries = store.createKeySpace(KeySpaceOptions.keepForEver());
    IndexDefinition index = new IndexDefinition(2, "i", 1, entries, unique, List.of(parts));
    return RandomRows.table(
            List.of(SqlType.INTEGER, SqlType.INTEGER, SqlType.TEXT),
            keyed ? new KeyConstraint("t_pkey", List.of(0), 0) : null,
            List.of(index))
        .withKeySpace(rows);
  }

  private void insert(TableDefinition table, List<Row> rows) {
    TableWriter writer = new TableWriter(table, rowIds, Concurrency.ALONE);
    try (Transaction transaction = store.begin()) {
      for (Row row : rows) {
        writer.insert(transaction, vectors(row), 0);
      }
      transaction.commit(Durability.NONE);
    }
  }

  private static Vector[] vectors(Row row) {
    Vector[] vectors = {
      Vector.create(SqlType.INTEGER, 1),
      Vector.create(SqlType.INTEGER, 1),
      Vector.create(SqlType.TEXT, 1)
    };
    vectors[0].set(0, row.id());
    vectors[1].set(0, row.a());
    vectors[2].set(0, row.b());
    return vectors;
  }

  private List<Row> read(Operator operator) {
    List<Row> rows = new ArrayList<>();
    try (Snapshot snapshot = store.snapshot();
        operator) {
      operator.open(ExecutionContext.builder().reader(snapshot).build());
      for (Batch batch = operator.next(); batch != null; batch = operator.next()) {
        for (int i = 0; i < batch.rowCount(); i++) {
          rows.add(
              new Row(
                  (Integer) batch.column(0).valueAt(i),
                  (Integer) batch.column(1).valueAt(i),
                  (String) batch.column(2).valueAt(i)));
        }
      }
    }
    return rows;
  }

  private static TableAccess access(TableDefinition table) {
    return TableAccess.of(table, new int[] {0, 1, 2}, TableAccess.CURRENT);
  }

  private List<Row> randomRows(int count) {
    List<Row> rows = new ArrayList<>();
    Set<Integer> ids = new HashSet<>();
    while (rows.size() < count) {
      int id = random.random().nextInt(1_000_000) - 500_000;
      if (ids.add(id)) {
        Integer a = random.random().nextInt(6) == 0 ? null : random.random().nextInt(20) - 10;
        rows.add(new Row(id, a, (String) random.nullable(SqlType.TEXT)));
      }
    }
    return rows;
  }

  @Test
  void aTableScanGivesRowsInKeyOrderAndRangesCutIt() {
    TableDefinition table = table(true, false, new IndexColumn(1, false, false));
    List<Row> rows = randomRows(5000);
    insert(table, rows);
    rows.sort(Comparator.comparing(Row::id));
    assertEquals(rows, read(new TableScan(access(table), KeyRange.ALL)), "seed=" + SEED);
    for (int round = 0; round < 30; round++) {
      int low = random.random().nextInt(1_000_000) - 500_000;
      int high = rows.get(random.random().nextInt(rows.size())).id();
      boolean lowIn = random.random().nextBoolean();
      boolean highIn = random.random().nextBoolean();
      KeyRange range =
          new KeyRange(
              List.of(),
              new KeyRange.Bound(KeyValue.constant(low), lowIn),
              new KeyRange.Bound(KeyValue.constant(high), highIn));
      List<Row> expected =
          rows.stream()
              .filter(r -> lowIn ? r.id() >= low : r.id() > low)
              .filter(r -> highIn ? r.id() <= high : r.id() < high)
              .toList();
      assertEquals(expected, read(new TableScan(access(table), range)), "seed=" + SEED);
    }
  }

  @Test
  void anIndexScanFollowsDirectionAndPlacesNulls() {
    for (boolean descending : new boolean[] {false, true}) {
      for (boolean nullsFirst : new boolean[] {false, true}) {
        TableDefinition table = table(true, false, new IndexColumn(1, descending, nullsFirst));
        List<Row> rows = randomRows(1000);
        insert(table, rows);
        Comparator<Integer> direction =
            descending ? Comparator.reverseOrder() : Comparator.naturalOrder();
        Comparator<Row> byA =
            Comparator.comparing(
                Row::a,
                nullsFirst ? Comparator.nullsFirst(direction) : Comparator.nullsLast(direction));
        rows.sort(byA.thenComparing(Row::id));
        IndexDefinition index = table.indexes().getFirst();
        assertEquals(rows, read(new IndexScan(access(table), index, KeyRange.ALL)), "seed=" + SEED);
        checkBounds(table, index, rows);
      }
    }
  }

  private void checkBounds(TableDefinition table, IndexDefinition index, List<Row> rows) {
    for (int value = -11; value <= 10; value++) {
      int bound = value;
      KeyRange.Bound in = new KeyRange.Bound(KeyValue.constant(bound), true);
      KeyRange.Bound out = new KeyRange.Bound(KeyValue.constant(bound), false);
      assertEquals(
          rows.stream().filter(r -> r.a() != null && r.a() >= bound).toList(),
          read(new IndexScan(access(table), index, new KeyRange(List.of(), in, null))));
      assertEquals(
          rows.stream().filter(r -> r.a() != null && r.a() < bound).toList(),
          read(new IndexScan(access(table), index, new KeyRange(List.of(), null, out))));
      assertEquals(
          rows.stream().filter(r -> r.a() != null && r.a() == bound).toList(),
          read(
              new IndexScan(
                  access(table), index, KeyRange.prefix(List.of(KeyValue.constant(bound))))));
    }
    KeyRange nothing = KeyRange.prefix(List.of(KeyValue.constant(null)));
    assertEquals(List.of(), read(new IndexScan(access(table), index, nothing)));
  }

  @Test
  void aLookupFindsOneRowByItsKey() {
    TableDefinition table = table(true, false, new IndexColumn(1, false, false));
    List<Row> rows = randomRows(100);
    insert(table, rows);
    for (Row row : rows) {
      KeyValue[] key = {KeyValue.constant(row.id())};
      assertEquals(List.of(row), read(new KeyLookup(access(table), key)));
    }
    assertEquals(
        List.of(), read(new KeyLookup(access(table), new KeyValue[] {KeyValue.constant(null)})));
    assertEquals(
        List.of(),
        read(new KeyLookup(access(table), new KeyValue[] {KeyValue.constant(2_000_000)})));
  }

  @Test
  void aTableWithoutKeyKeepsEqualRowsApart() {
    TableDefinition table = table(false, false, new IndexColumn(2, false, false));
    Row row = new Row(1, 2, "x");
    insert(table, List.of(row, row, row));
    assertEquals(List.of(row, row, row), read(new TableScan(access(table), KeyRange.ALL)));
    IndexDefinition index = table.indexes().getFirst();
    KeyRange x = KeyRange.prefix(List.of(KeyValue.constant("x")));
    assertEquals(3, read(new IndexScan(access(table), index, x)).size());
  }

  @Test
  void aUniqueIndexRefusesEqualValuesButNotNulls() {
    TableDefinition table = table(true, true, new IndexColumn(1, false, false));
    insert(table, List.of(new Row(1, null, "n"), new Row(2, null, "n"), new Row(3, 5, "x")));
    DatabaseException e =
        assertThrows(DatabaseException.class, () -> insert(table, List.of(new Row(4, 5, "y"))));
    assertEquals("23505", e.sqlState());
    assertEquals("Key (c1)=(5) already exists.", e.detail());
    IndexDefinition index = table.indexes().getFirst();
    assertEquals(3, read(new IndexScan(access(table), index, KeyRange.ALL)).size());
  }

  @Test
  void theSuccessorOfAPrefixIsAboveAllThatBeginWithIt() {
    assertEquals(2, Keys.successor(new byte[] {1})[0]);
    assertEquals(1, Keys.successor(new byte[] {3, (byte) 0xff}).length);
    assertNull(Keys.successor(new byte[] {(byte) 0xff, (byte) 0xff}));
  }
}
