package org.facetdb.sql.dml;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.Catalog;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.ForeignKey;
import org.facetdb.sql.catalog.RowIds;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.dml.DeferredChecks.Constraint;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.type.SqlType;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.lock.LockMode;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one statement, over all tables that it reaches through foreign keys. Rows are
 * verified and written as they come; references are settled by {@link #finish}, so that a statement
 * may pass through states that break them. Used by one thread, for one statement.
 *
 * <p>Concurrent transactions are kept out by locks: a row that refers locks the key that it refers
 * to, and whoever removes a key has locked it before he looks for rows that refer to it. Who reads
 * one snapshot may find that he cannot see them: he guards the ranges where they would be.
 */
public final class StatementWriter {
  private final Transaction transaction;
  private final CatalogSnapshot catalog;
  private final RowIds rowIds;
  private final Function<TableDefinition, TableRules> rules;
  private final Concurrency concurrency;
  private final DeferredChecks deferred;
  private final ReferenceChecks checks;
  private final ExecutionContext context;
  private final Map<Integer, TableWriter> writers = new HashMap<>();
  private final Map<Integer, List<UniqueKeys>> uniques = new HashMap<>();
  private final Map<Constraint, ReferenceCodec> codecs = new HashMap<>();
  private final Map<Constraint, Set<ByteBuffer>> named = new LinkedHashMap<>();
  private final Map<Constraint, Map<ByteBuffer, Referrers.Removed>> removed = new LinkedHashMap<>();
  private final Map<Constraint, Map<ByteBuffer, Referrers.Removed>> toVerify =
      new LinkedHashMap<>();

  /**
   * A writer for a statement.
   *
   * @param rules compiled constraints of a table
   * @param deferred what the transaction has not checked yet
   * @param context whose reader is the transaction
   */
  public StatementWriter(
      Transaction transaction,
      CatalogSnapshot catalog,
      RowIds rowIds,
      Function<TableDefinition, TableRules> rules,
      Concurrency concurrency,
      DeferredChecks deferred,
      ExecutionContext context) {
    this.transaction = transaction;
    this.catalog = catalog;
    this.rowIds = rowIds;
    this.rules = rules;
    this.concurrency = concurrency;
    this.deferred = deferred;
    this.checks = new ReferenceChecks(transaction, concurrency, context);
    this.context = context;
  }

  /** Lets a statement that runs again and again keep its writer's buffers. */
  public void use(TableWriter writer) {
    writers.put(writer.table().id(), writer);
  }

  private TableWriter writer(TableDefinition table) {
    return writers.computeIfAbsent(
        table.id(),
        id -> {
          concurrency.lockTable(table, LockMode.ROW_EXCLUSIVE);
          Catalog.guard(transaction, id);
          return new TableWriter(table, rowIds, concurrency);
        });
  }

  /** Verifies and inserts the selected rows, whose columns are the table's. */
  public void insert(TableDefinition table, Batch rows) {
    rules.apply(table).verify(rows, context);
    TableWriter writer = writer(table);
    Vector[] columns = rows.columns();
    for (int k = 0; k < rows.selectedCount(); k++) {
      writer.insert(transaction, columns, rows.row(k));
    }
    for (UniqueKeys unique : uniques(table)) {
      for (int k = 0; k < rows.selectedCount(); k++) {
        unique.add(columns, rows.row(k));
      }
    }
    for (ForeignKey key : table.foreignKeys()) {
      ReferenceCodec codec = codec(table, key);
      for (int k = 0; k < rows.selectedCount(); k++) {
        name(codec, columns, rows.row(k));
      }
    }
  }

  /**
   * Deletes rows.
   *
   * @param row columns by position in the table; those neither indexed nor referenced may be absent
   */
  public void delete(TableDefinition table, BytesVector keys, Vector[] row, int[] positions) {
    TableWriter writer = writer(table);
    for (int position : positions) {
      writer.delete(transaction, keys.getBytes(position), row, position);
    }
    for (CatalogSnapshot.Reference reference : catalog.referencing(table.id())) {
      ReferenceCodec codec = codec(reference.child(), reference.key());
      for (int position : positions) {
        remove(codec, row, position, null, 0);
      }
    }
  }

  /** Verifies and applies updates; the new rows of all of them are in {@code newRows}. */
  public void update(TableDefinition table, List<Batch> newRows, List<TableWriter.Change> changes) {
    for (Batch batch : newRows) {
      rules.apply(table).verify(batch, context);
    }
    writer(table).update(transaction, changes);
    for (UniqueKeys unique : uniques(table)) {
      long mask = mask(unique.constraint().columns());
      for (TableWriter.Change change : changes) {
        if ((change.changed() & mask) != 0) {
          unique.add(change.newRow(), change.newPosition());
        }
      }
    }
    for (ForeignKey key : table.foreignKeys()) {
      long mask = mask(key.columns());
      for (TableWriter.Change change : changes) {
        if ((change.changed() & mask) != 0) {
          name(codec(table, key), change.newRow(), change.newPosition());
        }
      }
    }
    for (CatalogSnapshot.Reference reference : catalog.referencing(table.id())) {
      long mask = mask(reference.key().parentColumns());
      for (TableWriter.Change change : changes) {
        if ((change.changed() & mask) != 0) {
          remove(
              codec(reference.child(), reference.key()),
              change.oldRow(),
              change.oldPosition(),
              change.newRow(),
              change.newPosition());
        }
      }
    }
  }

  private static long mask(List<Integer> columns) {
    long mask = 0;
    for (int column : columns) {
      mask |= TableWriter.columnBit(column);
    }
    return mask;
  }

  /** The keys that rows of a table were given, of constraints that can be deferred. */
  private List<UniqueKeys> uniques(TableDefinition table) {
    return uniques.computeIfAbsent(
        table.id(),
        _ ->
            table.uniques().stream()
                .filter(key -> key.checking().isDeferrable())
                .map(key -> new UniqueKeys(table, key))
                .toList());
  }

  private ReferenceCodec codec(TableDefinition child, ForeignKey key) {
    return codecs.computeIfAbsent(
        new Constraint(child.id(), key.name()),
        id ->
            new ReferenceCodec(
                child, key, Objects.requireNonNull(catalog.table(key.parentTableId()))));
  }

  private static Constraint constraint(ReferenceCodec codec) {
    return new Constraint(codec.child().id(), codec.key().name());
  }

  private void name(ReferenceCodec codec, Vector[] row, int position) {
    byte[] key = codec.fromChild(row, position);
    if (key != null) {
      named
          .computeIfAbsent(constraint(codec), i -> new LinkedHashSet<>())
          .add(ByteBuffer.wrap(key));
    }
  }

  private void remove(
      ReferenceCodec codec,
      Vector[] row,
      int position,
      Vector @Nullable [] newRow,
      int newPosition) {
    byte[] key = codec.fromParent(row, position);
    if (key != null) {
      removed
          .computeIfAbsent(constraint(codec), i -> new LinkedHashMap<>())
          .put(ByteBuffer.wrap(key), new Referrers.Removed(row, position, newRow, newPosition));
    }
  }

  /**
   * Follows cascades, then verifies all constraints that wait for the statement's end, or keeps
   * those for later whose check is deferred.
   *
   * @throws org.facetdb.spi.DatabaseException 23503 or 23505 if one is broken
   */
  public void finish() {
    while (!removed.isEmpty()) {
      Map<Constraint, Map<ByteBuffer, Referrers.Removed>> round = new LinkedHashMap<>(removed);
      removed.clear();
      round.forEach(
          (id, keys) -> {
            cascade(Objects.requireNonNull(codecs.get(id)), keys);
            toVerify.computeIfAbsent(id, i -> new LinkedHashMap<>()).putAll(keys);
          });
    }
    uniques.values().forEach(all -> all.forEach(this::settle));
    toVerify.forEach((id, keys) -> settleRemoved(Objects.requireNonNull(codecs.get(id)), keys));
    named.forEach((id, keys) -> settleNamed(Objects.requireNonNull(codecs.get(id)), keys));
  }

  private void settle(UniqueKeys unique) {
    Constraint constraint = new Constraint(unique.table().id(), unique.constraint().name());
    if (deferred.defers(constraint, unique.constraint().checking())) {
      deferred.keep(constraint, DeferredChecks.Kind.UNIQUE, unique.keys());
    } else {
      new UniqueChecks(transaction, concurrency)
          .verify(unique.table(), unique.constraint(), unique.keys());
    }
  }

  private void settleRemoved(ReferenceCodec codec, Map<ByteBuffer, Referrers.Removed> keys) {
    if (!isDeferred(codec)) {
      checks.verifyNotNamed(codec, keys);
      return;
    }
    // Nobody may change the schema until the check has been made.
    concurrency.lockTable(codec.child(), LockMode.ROW_SHARE);
    Map<ByteBuffer, Referrers.Removed> restricted = new LinkedHashMap<>();
    keys.forEach(
        (key, gone) -> {
          if (action(codec, gone) == ForeignKey.Action.RESTRICT) {
            restricted.put(key, gone);
          }
        });
    checks.verifyNotNamed(codec, restricted);
    deferred.keep(constraint(codec), DeferredChecks.Kind.REMOVED, keys.keySet());
  }

  private void settleNamed(ReferenceCodec codec, Set<ByteBuffer> keys) {
    if (isDeferred(codec)) {
      concurrency.lockTable(codec.parent(), LockMode.ROW_SHARE);
      deferred.keep(constraint(codec), DeferredChecks.Kind.NAMED, keys);
    } else {
      checks.verifyPresent(codec, keys);
    }
  }

  private boolean isDeferred(ReferenceCodec codec) {
    return deferred.defers(constraint(codec), codec.key().checking());
  }

  private void cascade(ReferenceCodec codec, Map<ByteBuffer, Referrers.Removed> keys) {
    Map<ByteBuffer, Referrers.Removed> followed = new LinkedHashMap<>();
    keys.forEach(
        (key, gone) -> {
          if (isFollowed(action(codec, gone))) {
            followed.put(key, gone);
          }
        });
    if (followed.isEmpty()) {
      return;
    }
    boolean changed = true;
    while (changed) {
      Cascade cascade = new Cascade(codec);
      checks.referrers(codec).visit(followed, cascade::collect);
      changed = cascade.lock(this);
      if (!changed) {
        cascade.apply(this);
      }
    }
  }

  /** What is to become of the rows that refer to a key that was removed. */
  private static ForeignKey.Action action(ReferenceCodec codec, Referrers.Removed gone) {
    return gone.newRow() == null ? codec.key().onDelete() : codec.key().onUpdate();
  }

  private static boolean isFollowed(ForeignKey.Action action) {
    return switch (action) {
      case NO_ACTION, RESTRICT -> false;
      case CASCADE, SET_NULL, SET_DEFAULT -> true;
    };
  }

  /** The referencing rows that a cascade changes: collected first, since writing moves cursors. */
  private static final class Cascade {
    private final ReferenceCodec codec;
    private final List<Row> rows = new ArrayList<>();

    private record Row(byte[] key, Vector[] row, int position, Referrers.Removed gone) {}

    Cascade(ReferenceCodec codec) {
      this.codec = codec;
    }

    boolean collect(byte[] key, Vector[] row, int position, Referrers.Removed gone) {
      rows.add(new Row(key, row, position, gone));
      return true;
    }

    /** Locks the rows; true if one has changed since, so that all must be looked for again. */
    boolean lock(StatementWriter writer) {
      boolean changed = false;
      for (Row row : rows) {
        LockMode mode = isDeleted(row) ? LockMode.ACCESS_EXCLUSIVE : LockMode.EXCLUSIVE;
        changed |= !writer.checks.lockRow(codec.child(), row.key(), mode);
      }
      return changed;
    }

    private boolean isDeleted(Row row) {
      return row.gone().newRow() == null && action(codec, row.gone()) == ForeignKey.Action.CASCADE;
    }

    void apply(StatementWriter writer) {
      List<Batch> newRows = new ArrayList<>();
      List<TableWriter.Change> changes = new ArrayList<>();
      for (Row row : rows) {
        if (isDeleted(row)) {
          BytesVector keys = new BytesVector(SqlType.BYTEA, row.position() + 1);
          keys.set(row.position(), row.key());
          writer.delete(codec.child(), keys, row.row(), new int[] {row.position()});
        } else {
          Vector[] next = changed(row, writer);
          newRows.add(new Batch(next, 1));
          changes.add(
              new TableWriter.Change(
                  row.key(), row.row(), row.position(), next, 0, mask(codec.key().columns())));
        }
      }
      if (!changes.isEmpty()) {
        writer.update(codec.child(), newRows, changes);
      }
    }

    /** The row as it is to be, alone. */
    private Vector[] changed(Row row, StatementWriter writer) {
      Vector[] next = new Vector[row.row().length];
      for (int i = 0; i < next.length; i++) {
        next[i] = Vector.create(row.row()[i].type(), 1);
        next[i].copyFrom(row.row()[i], row.position(), 0);
      }
      Vector[] parent = row.gone().newRow();
      for (int part = 0; part < codec.key().columns().size(); part++) {
        int column = codec.key().columns().get(part);
        Vector target = next[column];
        switch (action(codec, row.gone())) {
          case SET_NULL -> target.setNull(0);
          case SET_DEFAULT ->
              writer.rules.apply(codec.child()).putDefault(column, target, writer.context);
          default ->
              target.set(
                  0,
                  codec.childValue(part, Objects.requireNonNull(parent), row.gone().newPosition()));
        }
      }
      return next;
    }
  }
}
