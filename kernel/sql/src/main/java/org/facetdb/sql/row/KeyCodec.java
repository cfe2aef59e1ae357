package org.facetdb.sql.row;

import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.KeyReader;
import org.facetdb.spi.type.KeyWriter;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.exec.ExecutionContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes the keys of a table or of an index. Immutable: scratch space is the caller's, so that one
 * codec serves all threads.
 *
 * <p>A table's key is the memcomparable form of its primary key's columns one after the other,
 * which are never NULL; or the row id in 8 bytes, big-endian. Each column of an index key is
 * preceded by a marker, which alone places NULLs; the form after it is complemented in a descending
 * column:
 *
 * <pre>
 * table  (a integer, b text) = (1, 'x')   80 00 00 01 | form of 'x'
 * index  (a)                 a = 1        01 | 80 00 00 01 | row key    not unique
 *        (a)                 a = 1        01 | 80 00 00 01              unique
 *        (a)                 a is null    02 | row key                  nulls last, also if unique
 *        (a nulls first)     a is null    00 | row key
 *        (a desc)            a = 1        01 | 7f ff ff fe | row key
 * </pre>
 */
public final class KeyCodec {
  private static final int NULL_FIRST = 0;
  private static final int VALUE = 1;
  private static final int NULL_LAST = 2;

  private final int[] columns;
  private final LogicalType[] types;
  private final boolean[] descending;
  private final boolean[] nullsFirst;
  private final boolean marked;

  private KeyCodec(
      int[] columns,
      LogicalType[] types,
      boolean[] descending,
      boolean[] nullsFirst,
      boolean marked) {
    this.columns = columns;
    this.types = types;
    this.descending = descending;
    this.nullsFirst = nullsFirst;
    this.marked = marked;
  }

  /** The codec of a table's primary key; without columns for a table clustered by row id. */
  public static KeyCodec ofTable(TableDefinition table) {
    int count = table.keyColumns().size();
    int[] columns = new int[count];
    for (int i = 0; i < count; i++) {
      columns[i] = table.keyColumns().get(i);
    }
    return new KeyCodec(
        columns, types(table, columns), new boolean[count], new boolean[count], false);
  }

  /** The codec of the column part of an index key. */
  public static KeyCodec ofIndex(TableDefinition table, IndexDefinition index) {
    int count = index.columns().size();
    int[] columns = new int[count];
    boolean[] descending = new boolean[count];
    boolean[] nullsFirst = new boolean[count];
    for (int i = 0; i < count; i++) {
      columns[i] = index.columns().get(i).column();
      descending[i] = index.columns().get(i).descending();
      nullsFirst[i] = index.columns().get(i).nullsFirst();
    }
    return new KeyCodec(columns, types(table, columns), descending, nullsFirst, true);
  }

  private static LogicalType[] types(TableDefinition table, int[] columns) {
    LogicalType[] types = new LogicalType[columns.length];
    for (int i = 0; i < columns.length; i++) {
      types[i] = table.columns().get(columns[i]).type();
    }
    return types;
  }

  /** How many columns the key has. */
  public int size() {
    return columns.length;
  }

  /** The table's position of a key column. */
  public int column(int part) {
    return columns[part];
  }

  /** The type of a key column. */
  public LogicalType type(int part) {
    return types[part];
  }

  /** True if a column of the key is NULL in a row given by the table's columns. */
  public boolean hasNull(Vector[] row, int position) {
    for (int column : columns) {
      if (row[column].isNull(position)) {
        return true;
      }
    }
    return false;
  }

  /** Appends the key of a row given by the table's columns. */
  public void write(Vector[] row, int position, KeyWriter out) {
    for (int part = 0; part < columns.length; part++) {
      writePart(part, row[columns[part]], position, out);
    }
    check(out);
  }

  /** Appends one column of the key. */
  public void writePart(int part, Vector values, int position, KeyWriter out) {
    if (marked) {
      if (values.isNull(position)) {
        out.writeByte(nullsFirst[part] ? NULL_FIRST : NULL_LAST);
        return;
      }
      out.writeByte(VALUE);
    }
    int start = out.length();
    types[part].encodeKey(values, position, out);
    if (descending[part]) {
      out.invertFrom(start);
    }
  }

  /**
   * The columns of a key without NULLs, at position 0 of vectors that stand where the table has
   * them; the other elements are {@code null}.
   *
   * @param width how many columns the table has
   */
  @SuppressWarnings("NullAway")
  public Vector[] read(byte[] key, int width) {
    Vector[] row = new Vector[width];
    KeyReader in = new KeyReader().reset(key, 0, key.length);
    for (int part = 0; part < columns.length; part++) {
      if (marked) {
        in.setInverted(false);
        in.readByte();
        in.setInverted(descending[part]);
      }
      Vector values = Vector.create(types[part], 1);
      types[part].decodeKey(in, values, 0);
      row[columns[part]] = values;
    }
    return row;
  }

  private static void check(KeyWriter out) {
    if (out.length() > Keys.BYTES_MAX) {
      throw DatabaseException.user(
          "54000", "index row size " + out.length() + " exceeds maximum " + Keys.BYTES_MAX);
    }
  }

  /**
   * The key whose columns are all equal to values.
   *
   * @return {@code null} if a value is NULL
   */
  byte @Nullable [] exact(KeyValue[] values, ExecutionContext context) {
    KeyWriter out = new KeyWriter(16 * columns.length);
    for (int part = 0; part < values.length; part++) {
      if (!writeValue(part, values[part], context, out)) {
        return null;
      }
    }
    check(out);
    return out.toByteArray();
  }

  private boolean writeValue(int part, KeyValue value, ExecutionContext context, KeyWriter out) {
    Object boxed = value.value(context);
    if (boxed == null) {
      return false;
    }
    Vector vector = Vector.create(types[part], 1);
    vector.set(0, boxed);
    writePart(part, vector, 0, out);
    return true;
  }

  /** Bounds in key bytes; {@code from} inclusive, {@code to} exclusive, {@code null} for none. */
  public record Bytes(byte @Nullable [] from, byte @Nullable [] to) {}

  /**
   * The keys of a range.
   *
   * @return {@code null} if it is empty whatever the rows
   */
  public @Nullable Bytes range(KeyRange range, ExecutionContext context) {
    KeyWriter out = new KeyWriter(16 * columns.length + 16);
    int part = 0;
    for (KeyValue value : range.equal()) {
      if (!writeValue(part++, value, context, out)) {
        return null;
      }
    }
    check(out);
    byte[] prefix = out.toByteArray();
    KeyRange.Bound lower = range.lower();
    KeyRange.Bound upper = range.upper();
    if (lower == null && upper == null) {
      return prefix.length == 0 ? new Bytes(null, null) : new Bytes(prefix, Keys.successor(prefix));
    }
    KeyRange.Bound first = descending[part] ? upper : lower;
    KeyRange.Bound last = descending[part] ? lower : upper;
    byte[] from = openStart(prefix);
    if (first != null) {
      if (!writeValue(part, first.value(), context, out)) {
        return null;
      }
      byte[] key = out.toByteArray();
      from = first.inclusive() ? key : Keys.successor(key);
      if (from == null) {
        return null;
      }
      out.truncate(prefix.length);
    }
    byte[] to = openEnd(prefix);
    if (last != null) {
      if (!writeValue(part, last.value(), context, out)) {
        return null;
      }
      byte[] key = out.toByteArray();
      to = last.inclusive() ? Keys.successor(key) : key;
    }
    return new Bytes(from, to);
  }

  /** Where the values of the column after a prefix begin, NULLs left out. */
  private byte @Nullable [] openStart(byte[] prefix) {
    return marked ? append(prefix, VALUE) : prefix.length == 0 ? null : prefix;
  }

  private byte @Nullable [] openEnd(byte[] prefix) {
    return marked ? append(prefix, VALUE + 1) : Keys.successor(prefix);
  }

  private static byte[] append(byte[] prefix, int marker) {
    byte[] key = java.util.Arrays.copyOf(prefix, prefix.length + 1);
    key[prefix.length] = (byte) marker;
    return key;
  }
}
