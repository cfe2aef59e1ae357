package org.facetdb.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Date;
import java.sql.ParameterMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.List;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.StatementText;
import org.jspecify.annotations.Nullable;

/**
 * A statement prepared once and run with parameters. Setters convert to the parameter's type at
 * once; a string is taken for any type and read by the database.
 *
 * <p>Used by one thread at a time, but for {@link #cancel}.
 */
final class FacetPreparedStatement extends LocatorFreeStatement {
  /** Marks a parameter that was not set. */
  private static final Object UNSET = new Object();

  private final StatementRun.Source source;
  private final JdbcType[] types;
  private final @Nullable Object[] values;
  private List<@Nullable Object[]> rows = new ArrayList<>();

  FacetPreparedStatement(FacetConnection connection, String sql) throws SQLException {
    super(connection);
    String script = translated(sql);
    List<StatementText> parts = connection.split(script);
    if (parts.size() != 1) {
      throw SqlErrors.create(
          "a prepared statement must be one statement: found " + parts.size(), "42601");
    }
    this.source = connection.prepare(this, script, parts.get(0));
    List<LogicalType> parameters = source.sql().parameterTypes();
    this.types = new JdbcType[parameters.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = JdbcType.of(parameters.get(i));
    }
    this.values = new @Nullable Object[types.length];
    Arrays.fill(values, UNSET);
  }

  @Override
  void refusePrepared() throws SQLException {
    throw SqlErrors.create("a prepared statement has its text already", "55000");
  }

  private JdbcType type(int index) throws SQLException {
    if (index < 1 || index > types.length) {
      checkOpen();
      throw SqlErrors.create(
          "the parameter index is out of range: index=" + index + " parameters=" + types.length,
          "22023");
    }
    return types[index - 1];
  }

  private void set(int index, @Nullable Object value) throws SQLException {
    JdbcType type = type(index);
    try {
      values[index - 1] = Parameters.canonical(value, type);
    } catch (ArithmeticException overflow) {
      throw Conversions.outOfRange(String.valueOf(value), type.sqlName());
    }
  }

  /** A copy of the parameters, so that setting the next ones doesn't reach a running query. */
  private @Nullable Object[] parameters() throws SQLException {
    for (int i = 0; i < values.length; i++) {
      if (values[i] == UNSET) {
        throw SqlErrors.create("the parameter was not set: index=" + (i + 1), "07001");
      }
    }
    return values.clone();
  }

  @Override
  public boolean execute() throws SQLException {
    checkOpen();
    closeResults();
    List<@Nullable Object> parameters = Arrays.asList(parameters());
    add(connection.execute(this, source, parameters));
    return advance();
  }

  @Override
  public ResultSet executeQuery() throws SQLException {
    execute();
    return rowsOfQuery();
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    if (execute()) {
      closeResults();
      throw SqlErrors.create("the statement returned rows where a count was asked for", "0100E");
    }
    return getLargeUpdateCount();
  }

  @Override
  public int executeUpdate() throws SQLException {
    return narrow(executeLargeUpdate());
  }

  @Override
  public void addBatch() throws SQLException {
    checkOpen();
    rows.add(parameters());
  }

  @Override
  public void clearBatch() throws SQLException {
    checkOpen();
    rows = new ArrayList<>();
  }

  /** Runs all rows, with autocommit as one transaction: all of them or none. */
  @Override
  public int[] executeBatch() throws SQLException {
    checkOpen();
    closeResults();
    List<@Nullable Object[]> given = rows;
    rows = new ArrayList<>();
    int[] counts = new int[given.size()];
    Arrays.fill(counts, EXECUTE_FAILED);
    boolean atomic = connection.getAutoCommit();
    try {
      if (counts.length > 0) {
        connection.executeBatch(this, source, given, counts);
      }
    } catch (SQLException failure) {
      int done = 0;
      while (done < counts.length && counts[done] != EXECUTE_FAILED) {
        done++;
      }
      BatchUpdateException failed = failedBatch(failure, Arrays.copyOf(counts, done));
      if (!atomic) {
        throw failed;
      }
      Arrays.fill(counts, EXECUTE_FAILED);
      throw new BatchUpdateException(
          failed.getMessage(), failure.getSQLState(), failure.getErrorCode(), counts, failure);
    }
    return counts;
  }

  @Override
  public void clearParameters() throws SQLException {
    checkOpen();
    Arrays.fill(values, UNSET);
  }

  @Override
  public @Nullable ResultSetMetaData getMetaData() throws SQLException {
    checkOpen();
    return source.sql().columns().isEmpty()
        ? null
        : new FacetResultSetMetaData(source.sql().columns());
  }

  @Override
  public ParameterMetaData getParameterMetaData() throws SQLException {
    checkOpen();
    return new FacetParameterMetaData(source.sql().parameterTypes());
  }

  @Override
  public void setNull(int index, int sqlType) throws SQLException {
    set(index, null);
  }

  @Override
  public void setNull(int index, int sqlType, String typeName) throws SQLException {
    set(index, null);
  }

  @Override
  public void setBoolean(int index, boolean value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setByte(int index, byte value) throws SQLException {
    set(index, (int) value);
  }

  @Override
  public void setShort(int index, short value) throws SQLException {
    set(index, (int) value);
  }

  @Override
  public void setInt(int index, int value) throws SQLException {
    if (type(index) == JdbcType.INTEGER) {
      values[index - 1] = value;
    } else {
      set(index, value);
    }
  }

  @Override
  public void setLong(int index, long value) throws SQLException {
    if (type(index) == JdbcType.BIGINT) {
      values[index - 1] = value;
    } else {
      set(index, value);
    }
  }

  @Override
  public void setFloat(int index, float value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setDouble(int index, double value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setBigDecimal(int index, @Nullable BigDecimal value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setString(int index, @Nullable String value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setNString(int index, @Nullable String value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setBytes(int index, byte @Nullable [] value) throws SQLException {
    set(index, value == null ? null : value.clone());
  }

  @Override
  public void setDate(int index, @Nullable Date value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setDate(int index, @Nullable Date value, @Nullable Calendar calendar)
      throws SQLException {
    setInZone(index, value, calendar);
  }

  @Override
  public void setTime(int index, @Nullable Time value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setTime(int index, @Nullable Time value, @Nullable Calendar calendar)
      throws SQLException {
    setInZone(index, value, calendar);
  }

  @Override
  public void setTimestamp(int index, @Nullable Timestamp value) throws SQLException {
    set(index, value);
  }

  @Override
  public void setTimestamp(int index, @Nullable Timestamp value, @Nullable Calendar calendar)
      throws SQLException {
    setInZone(index, value, calendar);
  }

  /** Takes the moment as the calendar's zone shows it. */
  private void setInZone(int index, java.util.@Nullable Date value, @Nullable Calendar calendar)
      throws SQLException {
    if (value == null || calendar == null) {
      set(index, value);
      return;
    }
    ZoneId zone = Conversions.zone(calendar);
    Timestamp moment = value instanceof Timestamp exact ? exact : new Timestamp(value.getTime());
    boolean instant = type(index) == JdbcType.TIMESTAMPTZ;
    set(index, instant ? moment : moment.toInstant().atZone(zone).toLocalDateTime());
  }

  @Override
  public void setObject(int index, @Nullable Object value) throws SQLException {
    if (value instanceof Character letter) {
      set(index, letter.toString());
    } else {
      set(index, value);
    }
  }

  @Override
  public void setObject(int index, @Nullable Object value, int sqlType) throws SQLException {
    boolean text =
        sqlType == Types.VARCHAR || sqlType == Types.CHAR || sqlType == Types.LONGVARCHAR;
    setObject(index, text && value != null && !(value instanceof byte[]) ? "" + value : value);
  }

  @Override
  public void setObject(int index, @Nullable Object value, int sqlType, int scale)
      throws SQLException {
    boolean exact = sqlType == Types.NUMERIC || sqlType == Types.DECIMAL;
    if (exact && value instanceof Number) {
      set(index, Conversions.toDecimal(value).setScale(scale, java.math.RoundingMode.HALF_UP));
    } else {
      setObject(index, value, sqlType);
    }
  }

  @Override
  public void setAsciiStream(int index, @Nullable InputStream in, int length) throws SQLException {
    setAsciiStream(index, in, (long) length);
  }

  @Override
  public void setAsciiStream(int index, @Nullable InputStream in) throws SQLException {
    setAsciiStream(index, in, Long.MAX_VALUE);
  }

  @Override
  public void setAsciiStream(int index, @Nullable InputStream in, long length) throws SQLException {
    byte[] bytes = read(in, length);
    set(index, bytes == null ? null : new String(bytes, StandardCharsets.US_ASCII));
  }

  @Override
  public void setBinaryStream(int index, @Nullable InputStream in, int length) throws SQLException {
    set(index, read(in, length));
  }

  @Override
  public void setBinaryStream(int index, @Nullable InputStream in, long length)
      throws SQLException {
    set(index, read(in, length));
  }

  @Override
  public void setBinaryStream(int index, @Nullable InputStream in) throws SQLException {
    set(index, read(in, Long.MAX_VALUE));
  }

  private static byte @Nullable [] read(@Nullable InputStream in, long length) throws SQLException {
    try {
      return in == null ? null : in.readNBytes((int) Math.min(length, Integer.MAX_VALUE));
    } catch (IOException failure) {
      throw SqlErrors.create("cannot read the parameter's stream", "22000", failure);
    }
  }

  @Override
  public void setCharacterStream(int index, @Nullable Reader reader, int length)
      throws SQLException {
    setCharacterStream(index, reader, (long) length);
  }

  @Override
  public void setCharacterStream(int index, @Nullable Reader reader) throws SQLException {
    setCharacterStream(index, reader, Long.MAX_VALUE);
  }

  @Override
  public void setCharacterStream(int index, @Nullable Reader reader, long length)
      throws SQLException {
    if (reader == null) {
      set(index, null);
      return;
    }
    try {
      StringWriter text = new StringWriter();
      reader.transferTo(text);
      String all = text.toString();
      set(index, all.length() > length ? all.substring(0, (int) length) : all);
    } catch (IOException failure) {
      throw SqlErrors.create("cannot read the parameter's stream", "22000", failure);
    }
  }

  @Override
  public void setNCharacterStream(int index, @Nullable Reader reader) throws SQLException {
    setCharacterStream(index, reader);
  }

  @Override
  public void setNCharacterStream(int index, @Nullable Reader reader, long length)
      throws SQLException {
    setCharacterStream(index, reader, length);
  }
}
