package org.facetdb.sql.bind;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptAbstractTable;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.util.ImmutableBitSet;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.KeyConstraint;
import org.facetdb.sql.catalog.Relation;
import org.facetdb.sql.catalog.TableDefinition;
import org.jspecify.annotations.Nullable;

/**
 * A catalog relation as the relational tree sees it: row type, keys and estimated rows. Immutable.
 *
 * <p>Where the row key is exposed, it is the last field of the row, after the table's columns.
 */
public final class BoundTable extends RelOptAbstractTable {
  private final Relation relation;
  private final @Nullable Long asOfTimestamp;
  private final boolean rowKeyExposed;
  private final double rows;

  BoundTable(
      Relation relation,
      RelDataType rowType,
      @Nullable Long asOfTimestamp,
      boolean rowKeyExposed,
      double rows) {
    super(null, relation.name(), rowType);
    this.relation = relation;
    this.asOfTimestamp = asOfTimestamp;
    this.rowKeyExposed = rowKeyExposed;
    this.rows = rows;
  }

  /** The stored table or system view. */
  public Relation relation() {
    return relation;
  }

  /** The commit timestamp of FOR SYSTEM_TIME AS OF, {@code null} for the statement's view. */
  public @Nullable Long asOfTimestamp() {
    return asOfTimestamp;
  }

  /** True if the last field is the hidden row key. */
  public boolean rowKeyExposed() {
    return rowKeyExposed;
  }

  @Override
  public List<String> getQualifiedName() {
    return asOfTimestamp == null
        ? List.of(relation.schema(), relation.name())
        : List.of(relation.schema(), relation.name() + "@" + asOfTimestamp);
  }

  @Override
  public double getRowCount() {
    return rows;
  }

  @Override
  public boolean isKey(ImmutableBitSet columns) {
    for (ImmutableBitSet key : getKeys()) {
      if (columns.contains(key)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public List<ImmutableBitSet> getKeys() {
    List<ImmutableBitSet> keys = new ArrayList<>();
    if (relation instanceof TableDefinition table) {
      if (table.primaryKey() != null) {
        keys.add(ImmutableBitSet.of(table.keyColumns()));
      }
      for (KeyConstraint unique : table.uniques()) {
        addIfNotNull(keys, table, unique.columns());
      }
      for (IndexDefinition index : table.indexes()) {
        if (index.unique()) {
          addIfNotNull(
              keys,
              table,
              index.columns().stream().map(IndexDefinition.IndexColumn::column).toList());
        }
      }
      if (rowKeyExposed) {
        keys.add(ImmutableBitSet.of(table.columns().size()));
      }
    }
    return keys;
  }

  private static void addIfNotNull(
      List<ImmutableBitSet> keys, TableDefinition table, List<Integer> columns) {
    for (int column : columns) {
      if (!table.columns().get(column).notNull()) {
        return;
      }
    }
    ImmutableBitSet key = ImmutableBitSet.of(columns);
    if (!keys.contains(key)) {
      keys.add(key);
    }
  }

  @Override
  public <T> @Nullable T unwrap(Class<T> type) {
    return type.isInstance(this) ? type.cast(this) : super.unwrap(type);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BoundTable that
        && relation.equals(that.relation)
        && java.util.Objects.equals(asOfTimestamp, that.asOfTimestamp)
        && rowKeyExposed == that.rowKeyExposed;
  }

  @Override
  public int hashCode() {
    return getQualifiedName().hashCode();
  }
}
