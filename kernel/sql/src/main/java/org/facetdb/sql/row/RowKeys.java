package org.facetdb.sql.row;

import java.nio.ByteBuffer;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.KeyReader;
import org.facetdb.spi.type.KeyWriter;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.PhysicalKind;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.storage.Reader;
import org.jspecify.annotations.Nullable;

/**
 * Row ids, by which plug-ins' indexes know the rows of a table, and the keys under which the rows
 * lie. A table without a primary key is clustered by its row id; a single integer key is its own
 * id; any other table keeps both ways in a key space of its own, once an index needs them.
 * Immutable, for any number of threads.
 *
 * <p>The key space of row ids; every change of a row writes the first entry again, so that a commit
 * says by itself which ids its rows have:
 *
 * <pre>
 * 01 row key        -> row id:i64 state:u8    0 live, 1 deleted: kept for the key
 * 02 row id:i64     -> row key                absent for a deleted row
 * </pre>
 */
public final class RowKeys {
  private static final byte BY_KEY = 1;
  private static final byte BY_ID = 2;
  private static final byte LIVE = 0;
  private static final byte DELETED = 1;

  private enum Kind {
    ROW_ID,
    INTEGER,
    MAPPED
  }

  private final Kind kind;
  private final int space;
  private final @Nullable LogicalType type;

  private RowKeys(Kind kind, int space, @Nullable LogicalType type) {
    this.kind = kind;
    this.space = space;
    this.type = type;
  }

  /** The ids of a table's rows. */
  public static RowKeys of(TableDefinition table) {
    if (table.primaryKey() == null) {
      return new RowKeys(Kind.ROW_ID, 0, null);
    }
    LogicalType single = integerKey(table);
    return single != null
        ? new RowKeys(Kind.INTEGER, 0, single)
        : new RowKeys(Kind.MAPPED, table.rowIdSpace(), null);
  }

  /** True if ids must be kept beside the key. */
  public static boolean needsSpace(TableDefinition table) {
    return table.primaryKey() != null && integerKey(table) == null;
  }

  private static @Nullable LogicalType integerKey(TableDefinition table) {
    if (table.keyColumns().size() != 1) {
      return null;
    }
    LogicalType type = table.columns().get(table.keyColumns().getFirst()).type();
    boolean integer =
        switch (type.name()) {
          case "smallint", "integer", "bigint" -> true;
          default -> false;
        };
    return integer ? type : null;
  }

  /** True if ids lie in a key space of their own. */
  public boolean isMapped() {
    return kind == Kind.MAPPED;
  }

  /** True if the id is the value of the table's one key column. */
  public boolean isKeyColumn() {
    return kind == Kind.INTEGER;
  }

  /** The key space of ids. */
  public int space() {
    return space;
  }

  /** The key under which a row lies, null where there is no such row in a view. */
  public byte @Nullable [] key(long rowId, Reader reader) {
    return switch (kind) {
      case ROW_ID -> Keys.rowId(rowId);
      case INTEGER -> encode(rowId);
      case MAPPED -> reader.get(space, byId(rowId));
    };
  }

  /** The id that a key says by itself; not for mapped ids. */
  public long rowId(byte[] key, int offset, int length) {
    LogicalType integer = type;
    if (integer == null) {
      return ByteBuffer.wrap(key, offset, length).getLong();
    }
    Vector value = Vector.create(integer, 1);
    integer.decodeKey(new KeyReader().reset(key, offset, length), value, 0);
    return value(value, 0);
  }

  /** The id of a row in a view, null where there is no such row. */
  public @Nullable Long rowId(byte[] key, Reader reader) {
    if (kind != Kind.MAPPED) {
      return rowId(key, 0, key.length);
    }
    byte[] value = reader.get(space, byKey(key, 0, key.length));
    return value == null || value[Long.BYTES] == DELETED ? null : ByteBuffer.wrap(value).getLong();
  }

  /** The value of an integer key column as an id. */
  public static long value(Vector values, int row) {
    return values instanceof IntVector ints ? ints.get(row) : ((LongVector) values).get(row);
  }

  private byte[] encode(long rowId) {
    LogicalType integer = java.util.Objects.requireNonNull(type);
    Vector value = Vector.create(integer, 1);
    if (integer.physicalKind() == PhysicalKind.Fixed.INT) {
      ((IntVector) value).set(0, Math.toIntExact(rowId));
    } else {
      ((LongVector) value).set(0, rowId);
    }
    KeyWriter out = new KeyWriter(Long.BYTES);
    integer.encodeKey(value, 0, out);
    return out.toByteArray();
  }

  /** The entry that says which id a row has. */
  public static byte[] byKey(byte[] key, int offset, int length) {
    return ByteBuffer.allocate(1 + length).put(BY_KEY).put(key, offset, length).array();
  }

  /** The entry that says where a row lies. */
  public static byte[] byId(long rowId) {
    return ByteBuffer.allocate(1 + Long.BYTES).put(BY_ID).putLong(rowId).array();
  }

  /** The value of {@link #byKey}. */
  public static byte[] idValue(long rowId, boolean deleted) {
    return ByteBuffer.allocate(Long.BYTES + 1).putLong(rowId).put(deleted ? DELETED : LIVE).array();
  }

  /** The id that a value of {@link #byKey} gives, also to a deleted row; null for no value. */
  public static @Nullable Long everGiven(byte @Nullable [] value) {
    return value == null ? null : idOf(value, 0);
  }

  /** True for the key of an entry made by {@link #byKey}; the row key follows its first byte. */
  static boolean isByKey(byte[] array, int offset) {
    return array[offset] == BY_KEY;
  }

  static long idOf(byte[] array, int offset) {
    return ByteBuffer.wrap(array, offset, Long.BYTES).getLong();
  }

  /** The table has rows that its ids don't know. */
  static DatabaseException noId(TableDefinition table) {
    return new DatabaseException(
        "XX002",
        DatabaseException.Category.CORRUPTION,
        "a row has no row id: table=" + table.name());
  }
}
