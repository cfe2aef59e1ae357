package org.facetdb.sql.function;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.function.Volatility;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.type.JsonText;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/** Navigation in json. Stateless. */
final class JsonFunctions {
  private JsonFunctions() {}

  static void define(FunctionList list) {
    access(list, "->", SqlType.JSON, false);
    access(list, "->>", SqlType.TEXT, true);
    list.row(
        "json_array_length",
        SqlType.INTEGER,
        (a, i, r, _) -> {
          List<String> elements = elements(FunctionList.text(a[0], i));
          if (elements == null) {
            throw DatabaseException.user("22023", "cannot get array length of a scalar");
          }
          FunctionList.set(r, i, elements.size());
        },
        SqlType.JSON);
    list.row(
        "json_typeof",
        SqlType.TEXT,
        (a, i, r, _) -> FunctionList.set(r, i, typeOf(FunctionList.text(a[0], i))),
        SqlType.JSON);
    list.full(
        "to_json",
        SqlType.JSON,
        false,
        true,
        Volatility.STABLE,
        (a, i, r, context) -> FunctionList.set(r, i, toJson(a[0], i, context)),
        SqlType.UNKNOWN);
  }

  private static void access(FunctionList list, String name, SqlType returns, boolean asText) {
    list.row(
        name,
        returns,
        (a, i, r, _) ->
            store(r, i, member(FunctionList.text(a[0], i), FunctionList.text(a[1], i)), asText),
        SqlType.JSON,
        SqlType.TEXT);
    list.row(
        name,
        returns,
        (a, i, r, _) ->
            store(r, i, element(FunctionList.text(a[0], i), FunctionList.integer(a[1], i)), asText),
        SqlType.JSON,
        SqlType.INTEGER);
  }

  private static void store(Vector r, int row, @Nullable String json, boolean asText) {
    String value = json != null && asText ? scalarText(json) : json;
    if (value == null) {
      r.setNull(row);
    } else {
      FunctionList.set(r, row, value);
    }
  }

  /** A string without its quotes; null for JSON's null. */
  private static @Nullable String scalarText(String json) {
    if (json.startsWith("\"")) {
      return new JsonText(json).takeString();
    }
    return json.equals("null") ? null : json;
  }

  /** The text of the last member with the key, null if there is none. */
  private static @Nullable String member(String json, String key) {
    JsonText text = new JsonText(json);
    if (text.peek() != '{') {
      return null;
    }
    text.take('{');
    String found = null;
    if (text.takeIf('}')) {
      return null;
    }
    do {
      text.peek();
      String name = text.takeString();
      text.take(':');
      String value = value(text, json);
      if (name.equals(key)) {
        found = value;
      }
    } while (text.takeIf(','));
    return found;
  }

  private static String value(JsonText text, String json) {
    text.peek();
    int start = text.position();
    text.skipValue();
    return json.substring(start, text.position());
  }

  private static @Nullable String element(String json, int index) {
    List<String> elements = elements(json);
    if (elements == null) {
      return null;
    }
    int at = index < 0 ? elements.size() + index : index;
    return at >= 0 && at < elements.size() ? elements.get(at) : null;
  }

  private static @Nullable List<String> elements(String json) {
    JsonText text = new JsonText(json);
    if (text.peek() != '[') {
      return null;
    }
    List<String> elements = new ArrayList<>();
    text.take('[');
    if (!text.takeIf(']')) {
      do {
        elements.add(value(text, json));
      } while (text.takeIf(','));
    }
    return elements;
  }

  private static String typeOf(String json) {
    return switch (new JsonText(json).peek()) {
      case '{' -> "object";
      case '[' -> "array";
      case '"' -> "string";
      case 't', 'f' -> "boolean";
      case 'n' -> "null";
      default -> "number";
    };
  }

  private static String toJson(
      Vector vector, int row, org.facetdb.spi.function.FunctionContext context) {
    SqlType type = SqlType.require(vector.type());
    String text = CastFunctions.asText(vector, row, context);
    return switch (type.kind()) {
      case BOOLEAN -> vector.rawAt(row).toString();
      case SMALLINT, INTEGER, BIGINT, NUMERIC, JSON -> text;
      case REAL, DOUBLE -> Character.isLetter(text.charAt(text.length() - 1)) ? quoted(text) : text;
      case DATE, TIME, UUID, INTERVAL, BYTEA, UNKNOWN, TEXT, VARCHAR, CHAR -> quoted(text);
      case TIMESTAMP, TIMESTAMPTZ -> quoted(text.replace(' ', 'T'));
    };
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
