package org.facetdb.sql.ddl;

import java.time.Duration;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.CreateTable;
import org.facetdb.parser.Option;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Interval;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/** The options of CREATE TABLE. Stateless. */
final class TableOptions {
  /** As many as PostgreSQL allows. */
  static final int COLUMNS_MAX = 1600;

  private static final String RETENTION = "retention";
  private static final long DAYS_PER_MONTH = 30;

  private TableOptions() {}

  /** Refuses what a table can't have. */
  static void check(CreateTable statement) {
    SqlIdentifier method = statement.method();
    if (method != null && !method.getSimple().equals("heap")) {
      throw DatabaseException.user(
          "42704", "access method \"" + method.getSimple() + "\" does not exist");
    }
    for (Option option : statement.options()) {
      if (!option.name().equals(RETENTION)) {
        throw DatabaseException.user("22023", "unrecognized parameter \"" + option.name() + "\"");
      }
      if (!statement.systemVersioned()) {
        throw DatabaseException.user(
            "22023", "parameter \"retention\" needs WITH SYSTEM VERSIONING");
      }
    }
  }

  /** How long history is kept, {@code null} for ever. */
  static @Nullable Duration retention(CreateTable statement) {
    for (Option option : statement.options()) {
      if (option.name().equals(RETENTION)) {
        Interval interval = (Interval) SqlType.INTERVAL.parse(text(option));
        long days = interval.months() * DAYS_PER_MONTH + interval.days();
        Duration kept = Duration.ofDays(days).plus(Duration.ofNanos(interval.micros() * 1000));
        if (kept.isNegative()) {
          throw DatabaseException.user("22023", "retention must not be negative");
        }
        return kept;
      }
    }
    return null;
  }

  private static String text(Option option) {
    SqlNode value = option.value();
    String text = value instanceof SqlLiteral literal ? literal.toValue() : null;
    if (text == null) {
      throw DatabaseException.user("22023", "parameter \"" + option.name() + "\" needs a value");
    }
    return text;
  }
}
