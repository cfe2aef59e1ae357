package org.facetdb.sql.catalog;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stored table. It is clustered by its primary key; without one, by a 64-bit row id.
 *
 * <p>Immutable. Every change makes a new one with the next schema version, which each row carries.
 *
 * @param id never reused
 * @param primaryKey {@code null} for a table clustered by row id
 * @param indexes secondary indexes, those behind unique constraints included
 * @param uniques UNIQUE constraints
 * @param keySpace where the rows are; not the table's id
 * @param systemVersioned history is kept for {@code retention}, or for ever where that is {@code
 *     null}
 * @param methodIndexes indexes that a plug-in's method keeps
 * @param rowIdSpace where row ids are kept beside the key, 0 where none are; see {@code RowKeys}
 */
public record TableDefinition(
    int id,
    String schema,
    String name,
    List<ColumnDefinition> columns,
    @Nullable KeyConstraint primaryKey,
    List<KeyConstraint> uniques,
    List<CheckConstraint> checks,
    List<ForeignKey> foreignKeys,
    List<IndexDefinition> indexes,
    int keySpace,
    int schemaVersion,
    boolean systemVersioned,
    @Nullable Duration retention,
    List<MethodIndex> methodIndexes,
    int rowIdSpace)
    implements Relation {
  /** Stands for the hidden row key where a column position is expected. */
  public static final int ROW_KEY = -1;

  /** Name of the hidden column that holds the row's encoded key; its type is bytea. */
  public static final String ROW_KEY_NAME = "$key";

  public TableDefinition {
    Objects.requireNonNull(schema);
    Objects.requireNonNull(name);
    columns = List.copyOf(columns);
    uniques = List.copyOf(uniques);
    checks = List.copyOf(checks);
    foreignKeys = List.copyOf(foreignKeys);
    indexes = List.copyOf(indexes);
    methodIndexes = List.copyOf(methodIndexes);
  }

  /** A table without indexes of plug-ins. */
  public TableDefinition(
      int id,
      String schema,
      String name,
      List<ColumnDefinition> columns,
      @Nullable KeyConstraint primaryKey,
      List<KeyConstraint> uniques,
      List<CheckConstraint> checks,
      List<ForeignKey> foreignKeys,
      List<IndexDefinition> indexes,
      int keySpace,
      int schemaVersion,
      boolean systemVersioned,
      @Nullable Duration retention) {
    this(
        id,
        schema,
        name,
        columns,
        primaryKey,
        uniques,
        checks,
        foreignKeys,
        indexes,
        keySpace,
        schemaVersion,
        systemVersioned,
        retention,
        List.of(),
        0);
  }

  /** Positions of the primary key's columns in key order; empty without one. */
  public List<Integer> keyColumns() {
    return primaryKey == null ? List.of() : primaryKey.columns();
  }

  /** The index with an id. */
  public @Nullable IndexDefinition index(int indexId) {
    for (IndexDefinition index : indexes) {
      if (index.id() == indexId) {
        return index;
      }
    }
    return null;
  }

  /** The foreign key of a name, null if there is none. */
  public @Nullable ForeignKey foreignKey(String constraint) {
    for (ForeignKey key : foreignKeys) {
      if (key.name().equals(constraint)) {
        return key;
      }
    }
    return null;
  }

  /** The unique constraint of a name, null if there is none. */
  public @Nullable KeyConstraint unique(String constraint) {
    for (KeyConstraint key : uniques) {
      if (key.name().equals(constraint)) {
        return key;
      }
    }
    return null;
  }

  /** The same table with other indexes and the same schema version: rows look the same. */
  public TableDefinition withIndexes(List<IndexDefinition> newIndexes) {
    return new TableDefinition(
        id,
        schema,
        name,
        columns,
        primaryKey,
        uniques,
        checks,
        foreignKeys,
        newIndexes,
        keySpace,
        schemaVersion,
        systemVersioned,
        retention,
        methodIndexes,
        rowIdSpace);
  }

  /** The same table with other foreign keys. */
  public TableDefinition withForeignKeys(List<ForeignKey> newKeys) {
    return new TableDefinition(
        id,
        schema,
        name,
        columns,
        primaryKey,
        uniques,
        checks,
        newKeys,
        indexes,
        keySpace,
        schemaVersion,
        systemVersioned,
        retention,
        methodIndexes,
        rowIdSpace);
  }

  /** The same table with its rows elsewhere. */
  public TableDefinition withKeySpace(int newKeySpace) {
    return new TableDefinition(
        id,
        schema,
        name,
        columns,
        primaryKey,
        uniques,
        checks,
        foreignKeys,
        indexes,
        newKeySpace,
        schemaVersion,
        systemVersioned,
        retention,
        methodIndexes,
        rowIdSpace);
  }

  /** The same table with other indexes of plug-ins, and row ids kept in a key space if not 0. */
  public TableDefinition withMethodIndexes(List<MethodIndex> newIndexes, int newRowIdSpace) {
    return new TableDefinition(
        id,
        schema,
        name,
        columns,
        primaryKey,
        uniques,
        checks,
        foreignKeys,
        indexes,
        keySpace,
        schemaVersion,
        systemVersioned,
        retention,
        newIndexes,
        newRowIdSpace);
  }

  /** The index of a plug-in's method with an id. */
  public @Nullable MethodIndex methodIndex(int indexId) {
    for (MethodIndex index : methodIndexes) {
      if (index.id() == indexId) {
        return index;
      }
    }
    return null;
  }
}
