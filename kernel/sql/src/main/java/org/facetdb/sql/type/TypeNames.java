package org.facetdb.sql.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/** Names of built-in types, both ways. Stateless. */
public final class TypeNames {
  private TypeNames() {}

  static String nameOf(SqlType type) {
    int precision = type.precision();
    String length = precision < 0 ? "" : "(" + precision + ")";
    return switch (type.kind()) {
      case UNKNOWN -> "unknown";
      case BOOLEAN -> "boolean";
      case SMALLINT -> "smallint";
      case INTEGER -> "integer";
      case BIGINT -> "bigint";
      case REAL -> "real";
      case DOUBLE -> "double precision";
      case NUMERIC -> precision < 0 ? "numeric" : "numeric(" + precision + "," + type.scale() + ")";
      case TEXT -> "text";
      case VARCHAR -> "character varying" + length;
      case CHAR -> precision < 0 ? "bpchar" : "character" + length;
      case BYTEA -> "bytea";
      case DATE -> "date";
      case TIME -> "time" + length + " without time zone";
      case TIMESTAMP -> "timestamp" + length + " without time zone";
      case TIMESTAMPTZ -> "timestamp" + length + " with time zone";
      case INTERVAL -> "interval";
      case UUID -> "uuid";
      case JSON -> "json";
    };
  }

  /** The family that a name without modifiers means, null if there is none. */
  public static @Nullable TypeKind kindOf(String name) {
    return switch (name.toLowerCase(Locale.ROOT).trim().replaceAll("\\s+", " ")) {
      case "unknown" -> TypeKind.UNKNOWN;
      case "boolean", "bool" -> TypeKind.BOOLEAN;
      case "smallint", "int2" -> TypeKind.SMALLINT;
      case "integer", "int", "int4" -> TypeKind.INTEGER;
      case "bigint", "int8" -> TypeKind.BIGINT;
      case "real", "float4" -> TypeKind.REAL;
      case "double precision", "double", "float8", "float" -> TypeKind.DOUBLE;
      case "numeric", "decimal", "dec" -> TypeKind.NUMERIC;
      case "text" -> TypeKind.TEXT;
      case "character varying", "varchar", "char varying" -> TypeKind.VARCHAR;
      case "character", "char", "bpchar" -> TypeKind.CHAR;
      case "bytea" -> TypeKind.BYTEA;
      case "date" -> TypeKind.DATE;
      case "time", "time without time zone" -> TypeKind.TIME;
      case "timestamp", "timestamp without time zone" -> TypeKind.TIMESTAMP;
      case "timestamptz", "timestamp with time zone" -> TypeKind.TIMESTAMPTZ;
      case "interval" -> TypeKind.INTERVAL;
      case "uuid" -> TypeKind.UUID;
      case "json" -> TypeKind.JSON;
      default -> null;
    };
  }

  /**
   * The type that a full name such as {@code numeric(10,2)} means; the inverse of {@link
   * SqlType#name}. Null if there is none.
   */
  public static @Nullable SqlType parse(String name) {
    int open = name.indexOf('(');
    int close = name.indexOf(')');
    if (open < 0 || close < open) {
      TypeKind kind = kindOf(name);
      if (kind == null) {
        return null;
      }
      String lower = name.toLowerCase(Locale.ROOT).trim();
      return kind == TypeKind.CHAR && !lower.equals("bpchar")
          ? SqlType.character(1)
          : SqlType.of(kind);
    }
    TypeKind kind = kindOf(name.substring(0, open) + " " + name.substring(close + 1));
    if (kind == null) {
      return null;
    }
    List<Integer> modifiers = new ArrayList<>();
    for (String part : name.substring(open + 1, close).split(",")) {
      modifiers.add((int) NumberText.parseInteger(part, "integer", 0, Integer.MAX_VALUE));
    }
    return withModifiers(kind, modifiers);
  }

  /** A family with the modifiers that a declaration gives in parentheses. */
  public static SqlType withModifiers(TypeKind kind, List<Integer> modifiers) {
    if (modifiers.isEmpty()) {
      return SqlType.of(kind);
    }
    int first = modifiers.get(0);
    int allowed = kind == TypeKind.NUMERIC ? 2 : 1;
    if (modifiers.size() <= allowed) {
      switch (kind) {
        case NUMERIC -> {
          return SqlType.numeric(first, modifiers.size() > 1 ? modifiers.get(1) : 0);
        }
        case VARCHAR -> {
          return SqlType.varchar(first);
        }
        case CHAR -> {
          return SqlType.character(first);
        }
        case TIME, TIMESTAMP, TIMESTAMPTZ -> {
          return SqlType.withFraction(kind, first);
        }
        case INTERVAL -> {
          return SqlType.INTERVAL;
        }
        default -> {}
      }
    }
    throw DatabaseException.user(
        "42601", "type modifier is not allowed for type \"" + kind.catalogName() + "\"");
  }
}
