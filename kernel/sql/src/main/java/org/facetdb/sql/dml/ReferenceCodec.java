package org.facetdb.sql.dml;

import java.util.Objects;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.KeyWriter;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.ForeignKey;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.row.KeyCodec;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/**
 * Writes the referenced key of a foreign key, from rows of either table, in the form in which the
 * parent's primary key or unique index stores it. Not thread-safe.
 */
final class ReferenceCodec {
  private final TableDefinition child;
  private final ForeignKey key;
  private final TableDefinition parent;
  private final KeyCodec codec;
  private final int keySpace;
  private final @Nullable Vector[] parentRow;
  private final KeyWriter scratch = new KeyWriter();

  ReferenceCodec(TableDefinition child, ForeignKey key, TableDefinition parent) {
    this.child = child;
    this.key = key;
    this.parent = parent;
    if (key.parentIndexId() == 0) {
      this.codec = KeyCodec.ofTable(parent);
      this.keySpace = parent.keySpace();
    } else {
      IndexDefinition index = Objects.requireNonNull(parent.index(key.parentIndexId()));
      this.codec = KeyCodec.ofIndex(parent, index);
      this.keySpace = index.keySpace();
    }
    this.parentRow = new Vector[parent.columns().size()];
    for (int column : key.parentColumns()) {
      parentRow[column] = Vector.create(parent.columns().get(column).type(), 1);
    }
  }

  TableDefinition child() {
    return child;
  }

  TableDefinition parent() {
    return parent;
  }

  ForeignKey key() {
    return key;
  }

  /** Where the referenced key is stored. */
  int keySpace() {
    return keySpace;
  }

  /**
   * The key that a referencing row names.
   *
   * @return {@code null} if it names none, having a NULL in it
   */
  byte @Nullable [] fromChild(Vector[] row, int position) {
    for (int column : key.columns()) {
      if (row[column].isNull(position)) {
        return null;
      }
    }
    for (int i = 0; i < key.columns().size(); i++) {
      Vector target = Objects.requireNonNull(parentRow[key.parentColumns().get(i)]);
      target.reset();
      convert(row[key.columns().get(i)], position, target);
    }
    return write(parentRow, 0);
  }

  /**
   * The key by which rows may refer to a row of the parent.
   *
   * @return {@code null} if none can, a column of the key being NULL
   */
  byte @Nullable [] fromParent(Vector[] row, int position) {
    for (int column : key.parentColumns()) {
      if (row[column].isNull(position)) {
        return null;
      }
    }
    return write(row, position);
  }

  @SuppressWarnings("NullAway") // The key's columns are set, and no other is touched.
  private byte[] write(@Nullable Vector[] row, int position) {
    scratch.reset();
    codec.write(row, position, scratch);
    return scratch.toByteArray();
  }

  /** A key as a row of the parent that has no other column. */
  @SuppressWarnings("NullAway") // Nobody asks for the others.
  Vector[] decode(byte[] bytes) {
    return codec.read(bytes, parentRow.length);
  }

  /** The value of a parent's key column as the referencing column would hold it. */
  @Nullable Object childValue(int part, Vector[] row, int position) {
    LogicalType type = child.columns().get(key.columns().get(part)).type();
    Vector target = Vector.create(type, 1);
    convert(row[key.parentColumns().get(part)], position, target);
    return target.valueAt(0);
  }

  private static void convert(Vector source, int position, Vector target) {
    if (source.isNull(position)) {
      target.setNull(0);
    } else if (sameForm(source.type(), target.type())) {
      target.copyFrom(source, position, 0);
    } else {
      try {
        target.set(
            0, target.type().parse(source.type().format(source.type().box(source, position))));
      } catch (DatabaseException e) {
        throw DatabaseException.user(
            "22003", "value does not fit the referenced column: " + e.getMessage());
      }
    }
  }

  private static boolean sameForm(LogicalType a, LogicalType b) {
    return SqlType.require(a).kind() == SqlType.require(b).kind()
        || SqlType.require(a).kind().isString() && SqlType.require(b).kind().isString();
  }
}
