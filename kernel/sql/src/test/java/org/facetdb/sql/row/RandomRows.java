package org.facetdb.sql.row;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.facetdb.spi.type.Interval;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.KeyConstraint;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/** Random tables and rows of all types, from one seed. */
public final class RandomRows {
  /** All types, with and without modifiers. */
  public static final List<SqlType> TYPES =
      List.of(
          SqlType.BOOLEAN,
          SqlType.SMALLINT,
          SqlType.INTEGER,
          SqlType.BIGINT,
          SqlType.REAL,
          SqlType.DOUBLE,
          SqlType.NUMERIC,
          SqlType.numeric(12, 2),
          SqlType.numeric(18, 0),
          SqlType.numeric(30, 5),
          SqlType.TEXT,
          SqlType.varchar(200),
          SqlType.character(200),
          SqlType.BYTEA,
          SqlType.DATE,
          SqlType.TIME,
          SqlType.TIMESTAMP,
          SqlType.TIMESTAMPTZ,
          SqlType.INTERVAL,
          SqlType.UUID,
          SqlType.JSON);

  private final Random random;

  public RandomRows(long seed) {
    this.random = new Random(seed);
  }

  public Random random() {
    return random;
  }

  /** A table of the given types. */
  public static TableDefinition table(
      List<SqlType> types, @Nullable KeyConstraint key, List<IndexDefinition> indexes) {
    List<ColumnDefinition> columns = new ArrayList<>();
    for (SqlType type : types) {
      columns.add(
          new ColumnDefinition(
              columns.size() + 1,
              "c" + columns.size(),
              type,
              type.precision(),
              type.scale(),
              key != null && key.columns().contains(columns.size()),
              null));
    }
    return new TableDefinition(
        1,
        CatalogSnapshot.PUBLIC,
        "t",
        columns,
        key,
        List.of(),
        List.of(),
        List.of(),
        indexes,
        7,
        1,
        false,
        null);
  }

  /** Random types, as many as asked for. */
  public List<SqlType> types(int count) {
    List<SqlType> types = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      types.add(TYPES.get(random.nextInt(TYPES.size())));
    }
    return types;
  }

  /** A value or, one time in five, null. */
  public @Nullable Object nullable(SqlType type) {
    return random.nextInt(5) == 0 ? null : value(type);
  }

  /** A value, small ones more often. */
  public Object value(SqlType type) {
    return switch (type.kind()) {
      case BOOLEAN -> random.nextBoolean();
      case SMALLINT -> (short) random.nextInt();
      case INTEGER -> random.nextBoolean() ? random.nextInt() : (Integer) random.nextInt(10);
      case BIGINT -> random.nextLong();
      case REAL -> random.nextFloat() * random.nextInt();
      case DOUBLE -> random.nextGaussian() * random.nextInt();
      case NUMERIC -> type.fitNumeric(decimal(type));
      case TEXT, VARCHAR, UNKNOWN -> string(20);
      case CHAR -> type.fitString(string(20), false);
      case JSON -> "{\"a\": " + random.nextInt() + "}";
      case BYTEA -> {
        byte[] bytes = new byte[random.nextInt(30)];
        random.nextBytes(bytes);
        yield bytes;
      }
      case DATE -> LocalDate.ofEpochDay(random.nextInt(100_000) - 50_000);
      case TIME -> LocalTime.ofNanoOfDay(random.nextLong(86_400_000_000L) * 1000);
      case TIMESTAMP -> timestamp();
      case TIMESTAMPTZ -> OffsetDateTime.of(timestamp(), ZoneOffset.UTC);
      case INTERVAL ->
          new Interval(random.nextInt(100) - 50, random.nextInt(100) - 50, random.nextInt());
      case UUID -> new UUID(random.nextLong(), random.nextLong());
    };
  }

  private BigDecimal decimal(SqlType type) {
    if (type.precision() < 0) {
      return new BigDecimal(new BigInteger(random.nextInt(200) + 1, random), random.nextInt(30));
    }
    BigInteger limit = BigInteger.TEN.pow(type.precision());
    BigInteger digits = new BigInteger(limit.bitLength() + 8, random).mod(limit);
    return new BigDecimal(random.nextBoolean() ? digits : digits.negate(), type.scale());
  }

  private LocalDateTime timestamp() {
    long micros = random.nextLong(4_000_000_000_000_000L) - 2_000_000_000_000_000L;
    return LocalDateTime.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L),
        (int) Math.floorMod(micros, 1_000_000L) * 1000,
        ZoneOffset.UTC);
  }

  private String string(int lengthMax) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(lengthMax);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          random.nextInt(20) == 0 ? 0x1F600 + random.nextInt(50) : 'a' + random.nextInt(26));
    }
    return text.toString();
  }
}
