package org.facetdb.sql.session;

import java.util.Locale;
import org.facetdb.spi.DatabaseException;

/** Isolation levels, as PostgreSQL has them: the weakest two are one. */
enum Isolation {
  READ_UNCOMMITTED("read uncommitted", true),
  READ_COMMITTED("read committed", true),
  REPEATABLE_READ("repeatable read", false),
  SERIALIZABLE("serializable", false);

  private final String level;
  private final boolean readsCommitted;

  Isolation(String level, boolean readsCommitted) {
    this.level = level;
    this.readsCommitted = readsCommitted;
  }

  /** The name that settings have for it. */
  String level() {
    return level;
  }

  /** Whether each statement sees what was committed before it began. */
  boolean readsCommitted() {
    return readsCommitted;
  }

  /**
   * The level of a name.
   *
   * @throws DatabaseException 22023 if there is none
   */
  static Isolation of(String name) {
    String wanted = name.toLowerCase(Locale.ROOT).replace('_', ' ');
    for (Isolation isolation : values()) {
      if (isolation.level.equals(wanted)) {
        return isolation;
      }
    }
    throw DatabaseException.user("22023", "invalid isolation level: \"" + name + "\"");
  }
}
