package org.facetdb.sql.function;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.type.SqlType;

/** LIKE and regular expressions where the pattern is no constant. Stateless. */
final class PatternFunctions {
  private PatternFunctions() {}

  static void define(FunctionList list) {
    like(list, "like", false, false);
    like(list, "~~", false, false);
    like(list, "!~~", false, true);
    like(list, "ilike", true, false);
    like(list, "~~*", true, false);
    like(list, "!~~*", true, true);
    regex(list, "~", false, false);
    regex(list, "!~", false, true);
    regex(list, "~*", true, false);
    regex(list, "!~*", true, true);
    list.row(
        "regexp_replace",
        SqlType.TEXT,
        (a, i, r, _) -> FunctionList.set(r, i, replace(a, i, "")),
        SqlType.TEXT,
        SqlType.TEXT,
        SqlType.TEXT);
    list.row(
        "regexp_replace",
        SqlType.TEXT,
        (a, i, r, _) -> FunctionList.set(r, i, replace(a, i, FunctionList.text(a[3], i))),
        SqlType.TEXT,
        SqlType.TEXT,
        SqlType.TEXT,
        SqlType.TEXT);
  }

  private static void like(FunctionList list, String name, boolean foldCase, boolean negated) {
    list.row(
        name,
        SqlType.BOOLEAN,
        (a, i, r, _) -> {
          LikePattern pattern = LikePattern.of(FunctionList.text(a[1], i), "\\", foldCase);
          ((BooleanVector) r).set(i, matches(pattern, a[0], i) != negated);
        },
        SqlType.TEXT,
        SqlType.TEXT);
    list.row(
        name,
        SqlType.BOOLEAN,
        (a, i, r, _) -> {
          LikePattern pattern =
              LikePattern.of(FunctionList.text(a[1], i), FunctionList.text(a[2], i), foldCase);
          ((BooleanVector) r).set(i, matches(pattern, a[0], i) != negated);
        },
        SqlType.TEXT,
        SqlType.TEXT,
        SqlType.TEXT);
  }

  private static boolean matches(LikePattern pattern, Vector vector, int row) {
    BytesVector bytes = (BytesVector) vector;
    return pattern.matches(bytes.data(), bytes.offset(row), bytes.length(row));
  }

  private static void regex(FunctionList list, String name, boolean foldCase, boolean negated) {
    list.row(
        name,
        SqlType.BOOLEAN,
        (a, i, r, _) -> {
          Pattern pattern = RegexText.compile(FunctionList.text(a[1], i), foldCase);
          boolean found = pattern.matcher(FunctionList.text(a[0], i)).find();
          ((BooleanVector) r).set(i, found != negated);
        },
        SqlType.TEXT,
        SqlType.TEXT);
  }

  /** Replaces the first match, or with the flag g all; \1 is a group, \& the whole match. */
  private static String replace(Vector[] a, int row, String flags) {
    Pattern pattern = RegexText.compile(FunctionList.text(a[1], row), flags.indexOf('i') >= 0);
    Matcher matcher = pattern.matcher(FunctionList.text(a[0], row));
    String replacement =
        FunctionList.text(a[2], row)
            .replace("$", "\\$")
            .replace("\\&", "$0")
            .replaceAll("\\\\([1-9])", "\\$$1");
    return flags.indexOf('g') >= 0
        ? matcher.replaceAll(replacement)
        : matcher.replaceFirst(replacement);
  }
}
