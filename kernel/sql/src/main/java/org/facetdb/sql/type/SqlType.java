package org.facetdb.sql.type;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.UUID;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Interval;
import org.facetdb.spi.type.KeyReader;
import org.facetdb.spi.type.KeyWriter;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.PhysicalKind;
import org.facetdb.spi.type.Vector;

/**
 * A built-in type with its modifiers. Immutable, compared by value.
 *
 * @param kind the family
 * @param precision digits of a numeric, length in characters of varchar and char, digits of a
 *     second's fraction; -1 where none is declared
 * @param scale digits after the point of a numeric with a precision, otherwise -1
 */
public record SqlType(TypeKind kind, int precision, int scale) implements LogicalType {
  public static final SqlType UNKNOWN = plain(TypeKind.UNKNOWN);
  public static final SqlType BOOLEAN = plain(TypeKind.BOOLEAN);
  public static final SqlType SMALLINT = plain(TypeKind.SMALLINT);
  public static final SqlType INTEGER = plain(TypeKind.INTEGER);
  public static final SqlType BIGINT = plain(TypeKind.BIGINT);
  public static final SqlType REAL = plain(TypeKind.REAL);
  public static final SqlType DOUBLE = plain(TypeKind.DOUBLE);
  public static final SqlType NUMERIC = plain(TypeKind.NUMERIC);
  public static final SqlType TEXT = plain(TypeKind.TEXT);
  public static final SqlType VARCHAR = plain(TypeKind.VARCHAR);

  /** char of any length, which casts to char without a length do not change. */
  public static final SqlType BPCHAR = plain(TypeKind.CHAR);

  public static final SqlType BYTEA = plain(TypeKind.BYTEA);
  public static final SqlType DATE = plain(TypeKind.DATE);
  public static final SqlType TIME = plain(TypeKind.TIME);
  public static final SqlType TIMESTAMP = plain(TypeKind.TIMESTAMP);
  public static final SqlType TIMESTAMPTZ = plain(TypeKind.TIMESTAMPTZ);
  public static final SqlType INTERVAL = plain(TypeKind.INTERVAL);
  public static final SqlType UUID = plain(TypeKind.UUID);
  public static final SqlType JSON = plain(TypeKind.JSON);

  /** The most digits that a declared precision may ask for. */
  public static final int MAX_NUMERIC_PRECISION = 1000;

  /** The longest varchar or char that may be declared. */
  public static final int MAX_LENGTH = 10_485_760;

  public SqlType {
    Objects.requireNonNull(kind);
  }

  private static SqlType plain(TypeKind kind) {
    return new SqlType(kind, -1, -1);
  }

  /** The type of a family without modifiers. */
  public static SqlType of(TypeKind kind) {
    return switch (kind) {
      case UNKNOWN -> UNKNOWN;
      case BOOLEAN -> BOOLEAN;
      case SMALLINT -> SMALLINT;
      case INTEGER -> INTEGER;
      case BIGINT -> BIGINT;
      case REAL -> REAL;
      case DOUBLE -> DOUBLE;
      case NUMERIC -> NUMERIC;
      case TEXT -> TEXT;
      case VARCHAR -> VARCHAR;
      case CHAR -> BPCHAR;
      case BYTEA -> BYTEA;
      case DATE -> DATE;
      case TIME -> TIME;
      case TIMESTAMP -> TIMESTAMP;
      case TIMESTAMPTZ -> TIMESTAMPTZ;
      case INTERVAL -> INTERVAL;
      case UUID -> UUID;
      case JSON -> JSON;
    };
  }

  /** numeric(precision, scale); 22023 where PostgreSQL refuses them. */
  public static SqlType numeric(int precision, int scale) {
    if (precision < 1 || precision > MAX_NUMERIC_PRECISION) {
      throw DatabaseException.user(
          "22023", "NUMERIC precision " + precision + " must be between 1 and 1000");
    }
    if (scale < 0 || scale > precision) {
      throw DatabaseException.user(
          "22023", "NUMERIC scale " + scale + " must be between 0 and precision " + precision);
    }
    return new SqlType(TypeKind.NUMERIC, precision, scale);
  }

  public static SqlType varchar(int length) {
    return new SqlType(TypeKind.VARCHAR, checkLength("varchar", length), -1);
  }

  public static SqlType character(int length) {
    return new SqlType(TypeKind.CHAR, checkLength("char", length), -1);
  }

  private static int checkLength(String name, int length) {
    if (length < 1) {
      throw DatabaseException.user("22023", "length for type " + name + " must be at least 1");
    }
    if (length > MAX_LENGTH) {
      throw DatabaseException.user(
          "22023", "length for type " + name + " cannot exceed " + MAX_LENGTH);
    }
    return length;
  }

  /** time, timestamp or timestamptz with so many digits of a second's fraction. */
  public static SqlType withFraction(TypeKind kind, int digits) {
    return digits >= 6 || digits < 0 ? of(kind) : new SqlType(kind, digits, -1);
  }

  /** The built-in behind {@code type}; anything else is a fault of ours. */
  public static SqlType require(LogicalType type) {
    if (type instanceof SqlType known) {
      return known;
    }
    throw DatabaseException.internal("no built-in type: " + type.name(), null);
  }

  @Override
  public String name() {
    return TypeNames.nameOf(this);
  }

  @Override
  public String toString() {
    return name();
  }

  /** The same family without modifiers. */
  public SqlType base() {
    return of(kind);
  }

  @Override
  public PhysicalKind physicalKind() {
    return switch (kind) {
      case BOOLEAN -> PhysicalKind.Fixed.BOOLEAN;
      case SMALLINT, INTEGER, DATE -> PhysicalKind.Fixed.INT;
      case BIGINT, TIME, TIMESTAMP, TIMESTAMPTZ -> PhysicalKind.Fixed.LONG;
      case REAL -> PhysicalKind.Fixed.FLOAT;
      case DOUBLE -> PhysicalKind.Fixed.DOUBLE;
      case NUMERIC -> PhysicalKind.Fixed.DECIMAL;
      case INTERVAL -> PhysicalKind.Fixed.INTERVAL;
      case UUID -> PhysicalKind.Fixed.UUID;
      case UNKNOWN, TEXT, VARCHAR, CHAR, BYTEA, JSON -> PhysicalKind.VariableBytes.INSTANCE;
    };
  }

  @Override
  public boolean orderable() {
    return kind != TypeKind.JSON;
  }

  /** Whether a key decodes to the very value: not so where equal values can differ. */
  public boolean keyIsExact() {
    return switch (kind) {
      case REAL, DOUBLE, INTERVAL -> false;
      case NUMERIC -> precision >= 0;
      default -> true;
    };
  }

  @Override
  public Object parse(String text) {
    return switch (kind) {
      case UNKNOWN, TEXT -> text;
      case VARCHAR -> fitString(text, false);
      case CHAR -> pad(fitString(text, false));
      case BOOLEAN -> NumberText.parseBoolean(text);
      case SMALLINT ->
          (short) NumberText.parseInteger(text, "smallint", Short.MIN_VALUE, Short.MAX_VALUE);
      case INTEGER ->
          (int) NumberText.parseInteger(text, "integer", Integer.MIN_VALUE, Integer.MAX_VALUE);
      case BIGINT -> NumberText.parseInteger(text, "bigint", Long.MIN_VALUE, Long.MAX_VALUE);
      case REAL -> NumberText.parseFloat(text);
      case DOUBLE -> NumberText.parseDouble(text);
      case NUMERIC -> fitNumeric(NumberText.parseNumeric(text));
      case BYTEA -> BytesText.parseBytea(text);
      case DATE -> Temporal.date(DateTimeText.parseDate(text));
      case TIME -> Temporal.time(fitMicros(DateTimeText.parseTime(text)));
      case TIMESTAMP -> Temporal.timestamp(fitMicros(DateTimeText.parseTimestamp(text)));
      case TIMESTAMPTZ ->
          Temporal.timestampTz(fitMicros(DateTimeText.parseTimestampTz(text, ZoneOffset.UTC)));
      case INTERVAL -> IntervalText.parse(text);
      case UUID -> BytesText.parseUuid(text);
      case JSON -> JsonText.check(text);
    };
  }

  /**
   * Fits a string to the declared length, in characters.
   *
   * @param explicit whether a cast was written, which cuts silently; otherwise only blanks are cut
   *     and anything else is 22001
   * @return for char without the blanks at its end
   */
  public String fitString(String value, boolean explicit) {
    String fitted = value;
    if (precision >= 0 && value.length() > precision) {
      int characters = value.codePointCount(0, value.length());
      if (characters > precision) {
        int end = value.offsetByCodePoints(0, precision);
        if (!explicit && !value.substring(end).chars().allMatch(c -> c == ' ')) {
          throw TypeErrors.tooLong(name());
        }
        fitted = value.substring(0, end);
      }
    }
    return kind == TypeKind.CHAR ? cutBlanks(fitted) : fitted;
  }

  private static String cutBlanks(String value) {
    int end = value.length();
    while (end > 0 && value.charAt(end - 1) == ' ') {
      end--;
    }
    return value.substring(0, end);
  }

  /** Rounds to the declared scale; 22003 beyond the declared precision. */
  public BigDecimal fitNumeric(BigDecimal value) {
    if (precision < 0) {
      return value;
    }
    BigDecimal rounded = value.setScale(scale, RoundingMode.HALF_UP);
    if (rounded.precision() > precision && rounded.signum() != 0) {
      throw TypeErrors.numericOverflow(precision, scale);
    }
    return rounded;
  }

  /** Rounds microseconds to the declared digits of a second's fraction. */
  public long fitMicros(long micros) {
    if (precision < 0 || precision >= 6) {
      return micros;
    }
    long unit = 1;
    for (int i = precision; i < 6; i++) {
      unit *= 10;
    }
    return Math.floorDiv(micros + unit / 2, unit) * unit;
  }

  @Override
  public String format(Object value) {
    return switch (kind) {
      case BOOLEAN -> (Boolean) value ? "t" : "f";
      case REAL -> NumberText.formatFloat((Float) value);
      case DOUBLE -> NumberText.formatDouble((Double) value);
      case NUMERIC -> NumberText.formatNumeric((BigDecimal) value);
      case BYTEA -> BytesText.formatBytea((byte[]) value);
      case DATE -> DateTimeText.formatDate(Temporal.days(value));
      case TIME -> DateTimeText.formatTime(Temporal.microsOfDay(value));
      case TIMESTAMP -> DateTimeText.formatTimestamp(Temporal.micros(value));
      case TIMESTAMPTZ -> DateTimeText.formatTimestampTz(Temporal.microsTz(value), ZoneOffset.UTC);
      case INTERVAL -> {
        Interval interval = (Interval) value;
        yield IntervalText.format(interval.months(), interval.days(), interval.micros());
      }
      case UNKNOWN, TEXT, VARCHAR, CHAR, JSON, SMALLINT, INTEGER, BIGINT, UUID -> value.toString();
    };
  }

  @Override
  public Object box(Vector vector, int row) {
    return Boxes.box(this, vector, row);
  }

  @Override
  public void unbox(Object value, Vector vector, int row) {
    Boxes.unbox(this, value, vector, row);
  }

  /** Pads a char to its declared length. */
  String pad(String value) {
    int missing = precision - value.codePointCount(0, value.length());
    return missing > 0 ? value + " ".repeat(missing) : value;
  }

  /**
   * The canonical form of any Java value that stands for one of this type: numbers of other
   * classes, or the text form.
   *
   * @throws DatabaseException 22003 for a number out of range, 42804 for a class that does not fit
   */
  public Object canonical(Object value) {
    return Boxes.canonical(this, value);
  }

  /** UTF-8 of a canonical string. */
  static byte[] utf8(String value) {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  static UUID uuid(Object value) {
    return (UUID) value;
  }

  @Override
  public void encodeKey(Vector vector, int row, KeyWriter out) {
    KeyForms.encode(kind, vector, row, out);
  }

  @Override
  public void decodeKey(KeyReader in, Vector vector, int row) {
    KeyForms.decode(this, in, vector, row);
  }
}
