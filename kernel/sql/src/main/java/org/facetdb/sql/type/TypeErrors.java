package org.facetdb.sql.type;

import org.facetdb.spi.DatabaseException;

/** The errors of values, with PostgreSQL's SQLSTATEs and messages. */
public final class TypeErrors {
  private TypeErrors() {}

  /** 22P02, for a text that is not of the type. */
  public static DatabaseException syntax(String typeName, String text) {
    return DatabaseException.user(
        "22P02", "invalid input syntax for type " + typeName + ": \"" + text + "\"");
  }

  /** 22003, for a text whose number the type cannot hold. */
  public static DatabaseException textOutOfRange(String typeName, String text) {
    return DatabaseException.user(
        "22003", "value \"" + text + "\" is out of range for type " + typeName);
  }

  /** 22003 in the short form of arithmetic: "integer out of range". */
  public static DatabaseException outOfRange(String typeName) {
    return DatabaseException.user("22003", typeName + " out of range");
  }

  /** 22003: a finite result became infinite. */
  public static DatabaseException floatOverflow() {
    return DatabaseException.user("22003", "value out of range: overflow");
  }

  /** 22003: a result other than zero became zero. */
  public static DatabaseException floatUnderflow() {
    return DatabaseException.user("22003", "value out of range: underflow");
  }

  public static DatabaseException divisionByZero() {
    return DatabaseException.user("22012", "division by zero");
  }

  /** 22007, for a text that is no date or time. */
  public static DatabaseException dateSyntax(String typeName, String text) {
    return DatabaseException.user(
        "22007", "invalid input syntax for type " + typeName + ": \"" + text + "\"");
  }

  /** 22008, for a field such as month 13. */
  public static DatabaseException dateField(String text) {
    return DatabaseException.user("22008", "date/time field value out of range: \"" + text + "\"");
  }

  /** 22008, for a value beyond the type's years. */
  public static DatabaseException dateRange(String typeName) {
    return DatabaseException.user("22008", typeName + " out of range");
  }

  public static DatabaseException intervalRange() {
    return DatabaseException.user("22008", "interval out of range");
  }

  /** 22001, for a string beyond its declared length. */
  public static DatabaseException tooLong(String typeName) {
    return DatabaseException.user("22001", "value too long for type " + typeName);
  }

  /** 22003, for a numeric beyond its declared precision. */
  public static DatabaseException numericOverflow(int precision, int scale) {
    int whole = precision - scale;
    String bound = whole == 0 ? "1" : "10^" + whole;
    return DatabaseException.user("22003", "numeric field overflow")
        .withDetail(
            "A field with precision "
                + precision
                + ", scale "
                + scale
                + " must round to an absolute value less than "
                + bound
                + ".");
  }

  /** 22003: beyond what numeric holds at all. */
  public static DatabaseException numericRange() {
    return DatabaseException.user("22003", "value overflows numeric format");
  }
}
