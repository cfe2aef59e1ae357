package org.facetdb.sql.function;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.sql.type.BytesText;
import org.facetdb.sql.type.SqlType;

/** Functions on bytea. Stateless. */
final class BytesFunctions {
  private BytesFunctions() {}

  static void define(FunctionList list) {
    list.row(
        "length",
        SqlType.INTEGER,
        (a, i, r, _) -> ((IntVector) r).set(i, ((BytesVector) a[0]).length(i)),
        SqlType.BYTEA);
    list.add("||", SqlType.BYTEA, StringTools::concatenate, SqlType.BYTEA, SqlType.BYTEA);
    list.row(
        "md5",
        SqlType.TEXT,
        (a, i, r, _) ->
            FunctionList.set(r, i, StringTools.digest("MD5", ((BytesVector) a[0]).getBytes(i))),
        SqlType.BYTEA);
    list.row(
        "sha256",
        SqlType.BYTEA,
        (a, i, r, _) ->
            ((BytesVector) r).set(i, StringTools.hash("SHA-256", ((BytesVector) a[0]).getBytes(i))),
        SqlType.BYTEA);
    list.row(
        "encode",
        SqlType.TEXT,
        (a, i, r, _) ->
            FunctionList.set(
                r, i, encode(((BytesVector) a[0]).getBytes(i), FunctionList.text(a[1], i))),
        SqlType.BYTEA,
        SqlType.TEXT);
    list.row(
        "decode",
        SqlType.BYTEA,
        (a, i, r, _) ->
            ((BytesVector) r)
                .set(i, decode(FunctionList.text(a[0], i), FunctionList.text(a[1], i))),
        SqlType.TEXT,
        SqlType.TEXT);
    list.row(
        "substring",
        SqlType.BYTEA,
        (a, i, r, _) -> {
          int length = FunctionList.integer(a[2], i);
          if (length < 0) {
            throw DatabaseException.user("22011", "negative substring length not allowed");
          }
          slice((BytesVector) a[0], i, FunctionList.integer(a[1], i), length, (BytesVector) r);
        },
        SqlType.BYTEA,
        SqlType.INTEGER,
        SqlType.INTEGER);
    list.row(
        "substring",
        SqlType.BYTEA,
        (a, i, r, _) ->
            slice(
                (BytesVector) a[0],
                i,
                FunctionList.integer(a[1], i),
                Integer.MAX_VALUE,
                (BytesVector) r),
        SqlType.BYTEA,
        SqlType.INTEGER);
  }

  private static void slice(BytesVector source, int row, long start, long length, BytesVector r) {
    long size = source.length(row);
    long from = Math.min(size, Math.max(0, start - 1));
    long to = Math.min(size, Math.max(from, start - 1 + length));
    r.set(row, source.data(), source.offset(row) + (int) from, (int) (to - from));
  }

  private static String encode(byte[] bytes, String format) {
    return switch (format.toLowerCase(Locale.ROOT)) {
      case "hex" -> HexFormat.of().formatHex(bytes);
      case "base64" -> Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(bytes);
      case "escape" -> escaped(bytes);
      default -> throw unknownFormat(format);
    };
  }

  private static String escaped(byte[] bytes) {
    StringBuilder out = new StringBuilder();
    for (byte b : bytes) {
      if (b == 0 || b < 0) {
        out.append('\\');
        out.append((char) ('0' + (b >> 6 & 3))).append((char) ('0' + (b >> 3 & 7)));
        out.append((char) ('0' + (b & 7)));
      } else if (b == '\\') {
        out.append("\\\\");
      } else {
        out.append((char) b);
      }
    }
    return out.toString();
  }

  private static byte[] decode(String text, String format) {
    return switch (format.toLowerCase(Locale.ROOT)) {
      case "hex" -> BytesText.parseBytea("\\x" + text);
      case "base64" -> base64(text);
      case "escape" -> BytesText.parseBytea(text);
      default -> throw unknownFormat(format);
    };
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getMimeDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw DatabaseException.user("22023", "invalid base64 end sequence");
    }
  }

  private static DatabaseException unknownFormat(String format) {
    return DatabaseException.user("22023", "unrecognized encoding: \"" + format + "\"");
  }
}
