package org.facetdb.sql.function;

import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.function.FunctionContext;
import org.facetdb.spi.function.Volatility;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.type.SqlType;

/** Functions on text. Stateless. Characters are code points. */
final class StringFunctions {
  private StringFunctions() {}

  static void define(FunctionList list) {
    text(list, "lower", s -> s.toLowerCase(Locale.ROOT));
    text(list, "upper", s -> s.toUpperCase(Locale.ROOT));
    text(list, "initcap", StringTools::capitalised);
    text(list, "reverse", s -> new StringBuilder(s).reverse().toString());
    text(
        list,
        "md5",
        s -> StringTools.digest("MD5", s.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    text(list, "quote_literal", StringTools::quotedLiteral);
    text(list, "quote_ident", StringTools::quotedIdentifier);
    lengths(list);
    substrings(list);
    trims(list);
    pads(list);
    searching(list);
    codes(list);
    joining(list);
    BytesFunctions.define(list);
  }

  private static void text(FunctionList list, String name, UnaryOperator<String> operator) {
    list.row(
        name,
        SqlType.TEXT,
        (a, i, r, _) -> FunctionList.set(r, i, operator.apply(FunctionList.text(a[0], i))),
        SqlType.TEXT);
  }

  private static void number(FunctionList list, String name, ToIntFunction<String> function) {
    list.row(
        name,
        SqlType.INTEGER,
        (a, i, r, _) -> FunctionList.set(r, i, function.applyAsInt(FunctionList.text(a[0], i))),
        SqlType.TEXT);
  }

  private static void lengths(FunctionList list) {
    for (String name : new String[] {"length", "char_length", "character_length"}) {
      list.row(
          name,
          SqlType.INTEGER,
          (a, i, r, _) -> ((IntVector) r).set(i, StringTools.characters((BytesVector) a[0], i)),
          SqlType.TEXT);
    }
    for (SqlType type : new SqlType[] {SqlType.TEXT, SqlType.BYTEA}) {
      list.row(
          "octet_length",
          SqlType.INTEGER,
          (a, i, r, _) -> ((IntVector) r).set(i, ((BytesVector) a[0]).length(i)),
          type);
      list.row(
          "bit_length",
          SqlType.INTEGER,
          (a, i, r, _) -> ((IntVector) r).set(i, ((BytesVector) a[0]).length(i) * 8),
          type);
    }
  }

  private static void substrings(FunctionList list) {
    for (String name : new String[] {"substring", "substr"}) {
      list.row(
          name,
          SqlType.TEXT,
          (a, i, r, _) ->
              StringTools.substring(
                  (BytesVector) a[0], i, FunctionList.integer(a[1], i), Long.MAX_VALUE, r),
          SqlType.TEXT,
          SqlType.INTEGER);
      list.row(
          name,
          SqlType.TEXT,
          (a, i, r, _) -> {
            long start = FunctionList.integer(a[1], i);
            int length = FunctionList.integer(a[2], i);
            if (length < 0) {
              throw DatabaseException.user("22011", "negative substring length not allowed");
            }
            StringTools.substring((BytesVector) a[0], i, start, start + length, r);
          },
          SqlType.TEXT,
          SqlType.INTEGER,
          SqlType.INTEGER);
    }
    list.row(
        "substring",
        SqlType.TEXT,
        (a, i, r, _) -> {
          String found =
              StringTools.regexSubstring(FunctionList.text(a[0], i), FunctionList.text(a[1], i));
          r.set(i, (Object) found);
        },
        SqlType.TEXT,
        SqlType.TEXT);
    list.row(
        "left",
        SqlType.TEXT,
        (a, i, r, _) -> {
          int n = FunctionList.integer(a[1], i);
          BytesVector s = (BytesVector) a[0];
          long end = n < 0 ? (long) StringTools.characters(s, i) + n : n;
          StringTools.substring(s, i, 1, Math.max(0, end) + 1, r);
        },
        SqlType.TEXT,
        SqlType.INTEGER);
    list.row(
        "right",
        SqlType.TEXT,
        (a, i, r, _) -> {
          int n = FunctionList.integer(a[1], i);
          BytesVector s = (BytesVector) a[0];
          long skip = n < 0 ? -(long) n : Math.max(0, (long) StringTools.characters(s, i) - n);
          StringTools.substring(s, i, skip + 1, Long.MAX_VALUE, r);
        },
        SqlType.TEXT,
        SqlType.INTEGER);
  }

  private static void trims(FunctionList list) {
    trim(list, "btrim", true, true);
    trim(list, "trim", true, true);
    trim(list, "ltrim", true, false);
    trim(list, "rtrim", false, true);
  }

  private static void trim(FunctionList list, String name, boolean start, boolean end) {
    list.row(
        name,
        SqlType.TEXT,
        (a, i, r, _) ->
            FunctionList.set(
                r, i, StringTools.trimmed(FunctionList.text(a[0], i), " ", start, end)),
        SqlType.TEXT);
    list.row(
        name,
        SqlType.TEXT,
        (a, i, r, _) ->
            FunctionList.set(
                r,
                i,
                StringTools.trimmed(
                    FunctionList.text(a[0], i), FunctionList.text(a[1], i), start, end)),
        SqlType.TEXT,
        SqlType.TEXT);
  }

  private static void pads(FunctionList list) {
    pad(list, "lpad", true);
    pad(list, "rpad", false);
    list.row(
        "repeat",
        SqlType.TEXT,
        (a, i, r, _) ->
            FunctionList.set(
                r,
                i,
                StringTools.repeated(FunctionList.text(a[0], i), FunctionList.integer(a[1], i))),
        SqlType.TEXT,
        SqlType.INTEGER);
  }

  private static void pad(FunctionList list, String name, boolean left) {
    list.row(
        name,
        SqlType.TEXT,
        (a, i, r, _) ->
            FunctionList.set(
                r,
                i,
                StringTools.padded(
                    FunctionList.text(a[0], i), FunctionList.integer(a[1], i), " ", left)),
        SqlType.TEXT,
        SqlType.INTEGER);
    list.row(
        name,
        SqlType.TEXT,
        (a, i, r, _) ->
            FunctionList.set(
                r,
                i,
                StringTools.padded(
                    FunctionList.text(a[0], i),
                    FunctionList.integer(a[1], i),
                    FunctionList.text(a[2], i),
                    left)),
        SqlType.TEXT,
        SqlType.INTEGER,
        SqlType.TEXT);
  }

  private static void searching(FunctionList list) {
    list.row(
        "strpos",
        SqlType.INTEGER,
        (a, i, r, _) ->
            FunctionList.set(
                r, i, StringTools.position(FunctionList.text(a[0], i), FunctionList.text(a[1], i))),
        SqlType.TEXT,
        SqlType.TEXT);
    list.row(
        "position",
        SqlType.INTEGER,
        (a, i, r, _) ->
            FunctionList.set(
                r, i, StringTools.position(FunctionList.text(a[1], i), FunctionList.text(a[0], i))),
        SqlType.TEXT,
        SqlType.TEXT);
    list.row(
        "starts_with",
        SqlType.BOOLEAN,
        (a, i, r, _) ->
            FunctionList.set(
                r, i, FunctionList.text(a[0], i).startsWith(FunctionList.text(a[1], i))),
        SqlType.TEXT,
        SqlType.TEXT);
    list.row(
        "^@",
        SqlType.BOOLEAN,
        (a, i, r, _) ->
            FunctionList.set(
                r, i, FunctionList.text(a[0], i).startsWith(FunctionList.text(a[1], i))),
        SqlType.TEXT,
        SqlType.TEXT);
    list.row(
        "replace",
        SqlType.TEXT,
        (a, i, r, _) -> {
          String from = FunctionList.text(a[1], i);
          String value = FunctionList.text(a[0], i);
          FunctionList.set(
              r, i, from.isEmpty() ? value : value.replace(from, FunctionList.text(a[2], i)));
        },
        SqlType.TEXT,
        SqlType.TEXT,
        SqlType.TEXT);
    list.row(
        "translate",
        SqlType.TEXT,
        (a, i, r, _) ->
            FunctionList.set(
                r,
                i,
                StringTools.translated(
                    FunctionList.text(a[0], i),
                    FunctionList.text(a[1], i),
                    FunctionList.text(a[2], i))),
        SqlType.TEXT,
        SqlType.TEXT,
        SqlType.TEXT);
    list.row(
        "split_part",
        SqlType.TEXT,
        (a, i, r, _) ->
            FunctionList.set(
                r,
                i,
                StringTools.part(
                    FunctionList.text(a[0], i),
                    FunctionList.text(a[1], i),
                    FunctionList.integer(a[2], i))),
        SqlType.TEXT,
        SqlType.TEXT,
        SqlType.INTEGER);
  }

  private static void codes(FunctionList list) {
    number(list, "ascii", s -> s.isEmpty() ? 0 : s.codePointAt(0));
    list.row(
        "chr",
        SqlType.TEXT,
        (a, i, r, _) ->
            FunctionList.set(r, i, StringTools.character(FunctionList.integer(a[0], i))),
        SqlType.INTEGER);
    list.row(
        "to_hex",
        SqlType.TEXT,
        (a, i, r, _) -> FunctionList.set(r, i, Integer.toHexString(FunctionList.integer(a[0], i))),
        SqlType.INTEGER);
    list.row(
        "to_hex",
        SqlType.TEXT,
        (a, i, r, _) -> FunctionList.set(r, i, Long.toHexString(FunctionList.bigint(a[0], i))),
        SqlType.BIGINT);
  }

  private static void joining(FunctionList list) {
    list.add("||", SqlType.TEXT, StringTools::concatenate, SqlType.TEXT, SqlType.TEXT);
    FunctionList.RowBody mixed =
        (a, i, r, context) ->
            FunctionList.set(
                r,
                i,
                CastFunctions.asText(a[0], i, context) + CastFunctions.asText(a[1], i, context));
    list.full(
        "||", SqlType.TEXT, false, true, Volatility.STABLE, mixed, SqlType.TEXT, SqlType.UNKNOWN);
    list.full(
        "||", SqlType.TEXT, false, true, Volatility.STABLE, mixed, SqlType.UNKNOWN, SqlType.TEXT);
    list.full(
        "concat",
        SqlType.TEXT,
        true,
        false,
        Volatility.STABLE,
        (a, i, r, context) -> FunctionList.set(r, i, joined(a, 0, "", i, context)),
        SqlType.UNKNOWN);
    list.full(
        "concat_ws",
        SqlType.TEXT,
        true,
        false,
        Volatility.STABLE,
        (a, i, r, context) -> {
          if (a[0].isNull(i)) {
            r.setNull(i);
          } else {
            FunctionList.set(r, i, joined(a, 1, FunctionList.text(a[0], i), i, context));
          }
        },
        SqlType.TEXT,
        SqlType.UNKNOWN);
  }

  private static String joined(
      Vector[] arguments, int from, String separator, int row, FunctionContext context) {
    StringBuilder out = new StringBuilder();
    boolean first = true;
    for (int k = from; k < arguments.length; k++) {
      if (arguments[k].isNull(row)) {
        continue;
      }
      if (!first) {
        out.append(separator);
      }
      first = false;
      boolean isBoolean = SqlType.require(arguments[k].type()).equals(SqlType.BOOLEAN);
      out.append(
          isBoolean
              ? SqlType.BOOLEAN.format(arguments[k].rawAt(row))
              : CastFunctions.asText(arguments[k], row, context));
    }
    return out.toString();
  }
}
