package org.facetdb.jdbc;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.ResultColumn;
import org.jspecify.annotations.Nullable;

/**
 * A result read row by row, straight from the vectors of the current batch.
 *
 * <p>Used by one thread at a time. Owns its source, which it closes at the end of the rows, when
 * closed, and when its statement is closed or run again.
 */
final class FacetResultSet extends LabelledResultSet {
  private final @Nullable FacetStatement statement;
  private final BatchSource source;
  private final List<ResultColumn> columns;
  private final JdbcType[] types;
  private final long maxRows;
  private @Nullable Map<String, Integer> labels;
  private @Nullable Batch batch;
  private Vector[] vectors = new Vector[0];
  private int rowInBatch = -1;
  private int row;
  private long rowsRead;
  private boolean started;
  private boolean ended;
  private boolean closed;
  private boolean wasNull;
  private int fetchSize;

  /**
   * @param maxRows rows shown at most, 0 for all
   */
  FacetResultSet(@Nullable FacetStatement statement, BatchSource source, long maxRows) {
    this.statement = statement;
    this.source = source;
    this.columns = source.columns();
    this.types = new JdbcType[columns.size()];
    for (int c = 0; c < types.length; c++) {
      types[c] = JdbcType.of(columns.get(c).type());
    }
    this.maxRows = maxRows == 0 ? Long.MAX_VALUE : maxRows;
    source.onDetach(this::useCopy);
  }

  private void useCopy(Batch copy) {
    if (batch != null) {
      batch = copy;
      vectors = copy.columns();
      row = rowInBatch;
    }
  }

  @Override
  public boolean next() throws SQLException {
    checkOpen();
    if (ended) {
      return false;
    }
    started = true;
    if (rowsRead >= maxRows) {
      return end();
    }
    rowInBatch++;
    while (batch == null || rowInBatch >= batch.selectedCount()) {
      Batch following = source.next();
      if (following == null) {
        return end();
      }
      batch = following;
      vectors = following.columns();
      rowInBatch = 0;
    }
    row = batch.row(rowInBatch);
    rowsRead++;
    return true;
  }

  private boolean end() throws SQLException {
    ended = true;
    batch = null;
    source.close();
    return false;
  }

  @Override
  public void close() throws SQLException {
    if (!closed) {
      closed = true;
      batch = null;
      source.close();
      if (statement != null) {
        statement.resultClosed(this);
      }
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  private void checkOpen() throws SQLException {
    if (closed) {
      throw SqlErrors.create("the result set is closed", "24000");
    }
  }

  /** The column's vector, having noted whether this row is null in it. */
  private Vector vector(int column) throws SQLException {
    if (batch == null || closed || rowInBatch < 0) {
      checkOpen();
      throw SqlErrors.create("the result set stands on no row; call next() first", "24000");
    }
    if (column < 1 || column > vectors.length) {
      throw SqlErrors.create(
          "the column index is out of range: index=" + column + " columns=" + types.length,
          "22023");
    }
    Vector vector = vectors[column - 1];
    wasNull = vector.isNull(row);
    return vector;
  }

  private @Nullable Object value(int column) throws SQLException {
    Vector vector = vector(column);
    Object value = wasNull ? null : vector.valueAt(row);
    return value instanceof String text ? padded(column, text) : value;
  }

  /** A {@code char(n)} is kept without the blanks at its end, and read with all of its length. */
  private String padded(int column, String text) {
    if (types[column - 1] != JdbcType.CHAR && types[column - 1] != JdbcType.BPCHAR) {
      return text;
    }
    int missing = columns.get(column - 1).precision() - text.codePointCount(0, text.length());
    return missing > 0 ? text + " ".repeat(missing) : text;
  }

  @Override
  public boolean wasNull() throws SQLException {
    checkOpen();
    return wasNull;
  }

  @Override
  public @Nullable String getString(int column) throws SQLException {
    Vector vector = vector(column);
    if (wasNull) {
      return null;
    }
    if (vector instanceof BytesVector bytes && types[column - 1] != JdbcType.BYTEA) {
      return padded(column, bytes.getString(row));
    }
    return columns.get(column - 1).type().formatAt(vector, row);
  }

  @Override
  public int getInt(int column) throws SQLException {
    Vector vector = vector(column);
    if (wasNull) {
      return 0;
    }
    if (types[column - 1] == JdbcType.INTEGER) {
      return ((IntVector) vector).get(row);
    }
    return (int) whole(vector, Integer.MIN_VALUE, Integer.MAX_VALUE, "integer");
  }

  @Override
  public long getLong(int column) throws SQLException {
    Vector vector = vector(column);
    if (wasNull) {
      return 0;
    }
    return switch (types[column - 1]) {
      case BIGINT -> ((LongVector) vector).get(row);
      case INTEGER -> ((IntVector) vector).get(row);
      default -> whole(vector, Long.MIN_VALUE, Long.MAX_VALUE, "bigint");
    };
  }

  @Override
  public short getShort(int column) throws SQLException {
    Vector vector = vector(column);
    return wasNull ? 0 : (short) whole(vector, Short.MIN_VALUE, Short.MAX_VALUE, "smallint");
  }

  @Override
  public byte getByte(int column) throws SQLException {
    Vector vector = vector(column);
    return wasNull ? 0 : (byte) whole(vector, Byte.MIN_VALUE, Byte.MAX_VALUE, "byte");
  }

  private long whole(Vector vector, long min, long max, String type) throws SQLException {
    return Conversions.toLong(Objects.requireNonNull(vector.valueAt(row)), min, max, type);
  }

  @Override
  public double getDouble(int column) throws SQLException {
    Vector vector = vector(column);
    if (wasNull) {
      return 0;
    }
    return types[column - 1] == JdbcType.DOUBLE
        ? ((DoubleVector) vector).get(row)
        : Conversions.toDouble(Objects.requireNonNull(vector.valueAt(row)));
  }

  @Override
  public float getFloat(int column) throws SQLException {
    Object value = value(column);
    return value == null ? 0 : (float) Conversions.toDouble(value);
  }

  @Override
  public boolean getBoolean(int column) throws SQLException {
    Object value = value(column);
    return value != null && Conversions.toBoolean(value);
  }

  @Override
  public @Nullable BigDecimal getBigDecimal(int column) throws SQLException {
    Object value = value(column);
    return value == null ? null : Conversions.toDecimal(value);
  }

  @Deprecated
  @Override
  public @Nullable BigDecimal getBigDecimal(int column, int scale) throws SQLException {
    BigDecimal value = getBigDecimal(column);
    return value == null ? null : value.setScale(scale, RoundingMode.HALF_UP);
  }

  @Override
  public byte @Nullable [] getBytes(int column) throws SQLException {
    Vector vector = vector(column);
    if (wasNull) {
      return null;
    }
    return vector instanceof BytesVector bytes
        ? bytes.getBytes(row)
        : Conversions.toBytes(Objects.requireNonNull(vector.valueAt(row)));
  }

  @Override
  public @Nullable Date getDate(int column) throws SQLException {
    return getDate(column, null);
  }

  @Override
  public @Nullable Date getDate(int column, @Nullable Calendar calendar) throws SQLException {
    Object value = value(column);
    return value == null ? null : Conversions.toDate(value, calendar);
  }

  @Override
  public @Nullable Time getTime(int column) throws SQLException {
    return getTime(column, null);
  }

  @Override
  public @Nullable Time getTime(int column, @Nullable Calendar calendar) throws SQLException {
    Object value = value(column);
    return value == null ? null : Conversions.toTime(value, calendar);
  }

  @Override
  public @Nullable Timestamp getTimestamp(int column) throws SQLException {
    return getTimestamp(column, null);
  }

  @Override
  public @Nullable Timestamp getTimestamp(int column, @Nullable Calendar calendar)
      throws SQLException {
    Object value = value(column);
    return value == null ? null : Conversions.toTimestamp(value, calendar);
  }

  /** The canonical value: java.time for times; a smallint is an Integer, as JDBC has it. */
  @Override
  public @Nullable Object getObject(int column) throws SQLException {
    Object value = value(column);
    return value instanceof Short number ? Integer.valueOf(number) : value;
  }

  @Override
  public <T> @Nullable T getObject(int column, Class<T> type) throws SQLException {
    if (type == null) {
      throw SqlErrors.create("the class is null", "22023");
    }
    Object value = type == Object.class ? getObject(column) : value(column);
    if (value == null) {
      return null;
    }
    Object made = Conversions.to(type, value, String.valueOf(getString(column)));
    @SuppressWarnings("unchecked") // Class.cast refuses primitive classes, whose boxes are meant
    T result = (T) made;
    return result;
  }

  @Override
  public @Nullable Object getObject(int column, Map<String, Class<?>> map) throws SQLException {
    if (map == null || map.isEmpty()) {
      return getObject(column);
    }
    throw SqlErrors.unsupported("a type map");
  }

  @Override
  public @Nullable String getNString(int column) throws SQLException {
    return getString(column);
  }

  @Override
  public @Nullable InputStream getAsciiStream(int column) throws SQLException {
    String text = getString(column);
    return text == null ? null : new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public @Nullable InputStream getBinaryStream(int column) throws SQLException {
    byte[] bytes = getBytes(column);
    return bytes == null ? null : new ByteArrayInputStream(bytes);
  }

  @Override
  public @Nullable Reader getCharacterStream(int column) throws SQLException {
    String text = getString(column);
    return text == null ? null : new StringReader(text);
  }

  @Override
  public @Nullable Reader getNCharacterStream(int column) throws SQLException {
    return getCharacterStream(column);
  }

  /** The first column with the label, letter case aside. */
  @Override
  public int findColumn(String label) throws SQLException {
    checkOpen();
    Map<String, Integer> known = labels;
    if (known == null) {
      known = new HashMap<>();
      for (int c = columns.size(); c > 0; c--) {
        known.put(columns.get(c - 1).name().toLowerCase(Locale.ROOT), c);
      }
      labels = known;
    }
    Integer found = known.get(String.valueOf(label).toLowerCase(Locale.ROOT));
    if (found == null) {
      throw SqlErrors.create("the result has no column " + label, "42703");
    }
    return found;
  }

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    checkOpen();
    return new FacetResultSetMetaData(columns);
  }

  @Override
  public @Nullable Statement getStatement() {
    return statement;
  }

  @Override
  public int getRow() {
    return batch == null || rowInBatch < 0 ? 0 : (int) rowsRead;
  }

  @Override
  public boolean isBeforeFirst() throws SQLException {
    checkOpen();
    return !started;
  }

  @Override
  public boolean isAfterLast() throws SQLException {
    checkOpen();
    return ended && rowsRead > 0;
  }

  @Override
  public boolean isFirst() throws SQLException {
    checkOpen();
    return rowsRead == 1 && !ended;
  }

  @Override
  public boolean isLast() throws SQLException {
    throw SqlErrors.unsupported("looking ahead");
  }

  @Override
  public int getType() {
    return ResultSet.TYPE_FORWARD_ONLY;
  }

  @Override
  public int getConcurrency() {
    return ResultSet.CONCUR_READ_ONLY;
  }

  @Override
  public int getHoldability() {
    return ResultSet.CLOSE_CURSORS_AT_COMMIT;
  }

  @Override
  public int getFetchDirection() {
    return ResultSet.FETCH_FORWARD;
  }

  @Override
  public void setFetchDirection(int direction) throws SQLException {
    if (direction != ResultSet.FETCH_FORWARD) {
      throw SqlErrors.unsupported("fetching backward");
    }
  }

  @Override
  public int getFetchSize() {
    return fetchSize;
  }

  @Override
  public void setFetchSize(int rows) throws SQLException {
    if (rows < 0) {
      throw SqlErrors.create("the fetch size is negative: " + rows, "22023");
    }
    fetchSize = rows;
  }

  @Override
  public @Nullable SQLWarning getWarnings() {
    return null;
  }

  @Override
  public void clearWarnings() {}

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return Wrappers.unwrap(this, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
