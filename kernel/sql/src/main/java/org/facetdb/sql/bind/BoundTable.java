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
 * <p>After the table's columns come the hidden ones: the row key where it is exposed, or what the
 * searches of the table's indexes add.
 */
public final class BoundTable extends RelOptAbstractTable {
  private final Relation relation;
  private final @Nullable Long asOfTimestamp;
  private final List<Integer> hidden;
  private final double rows;

  BoundTable(
      Relation relation,
      RelDataType rowType,
      @Nullable Long asOfTimestamp,
      List<Integer> hidden,
      double rows) {
    super(null, relation.name(), rowType);
    this.relation = relation;
    this.asOfTimestamp = asOfTimestamp;
    this.hidden = List.copyOf(hidden);
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

  /** The hidden columns: {@code ROW_KEY}, or positions of {@code SearchColumns}. */
  public List<Integer> hidden() {
    return hidden;
  }

  private boolean rowKeyExposed() {
    return hidden.contains(TableDefinition.ROW_KEY);
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
        // Duplicates may be there until a deferred check.
        if (!unique.checking().isDeferrable()) {
          addIfNotNull(keys, table, unique.columns());
        }
      }
      for (IndexDefinition index : table.indexes()) {
        if (index.unique()) {
          addIfNotNull(
              keys,
              table,
              index.columns().stream().map(IndexDefinition.IndexColumn::column).toList());
        }
      }
      if (rowKeyExposed()) {
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
        && hidden.equals(that.hidden);
  }

  @Override
  public int hashCode() {
    return getQualifiedName().hashCode();
  }
}
