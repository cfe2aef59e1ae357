package org.facetdb.sql.session;

import java.util.Locale;
import org.facetdb.spi.DatabaseException;

/**
 * Isolation levels by name. There is one, REPEATABLE READ as PostgreSQL has it; weaker ones may be
 * asked for and get it, SERIALIZABLE is refused, since a snapshot is weaker. Stateless.
 */
final class Isolation {
  private Isolation() {}

  /** Refuses a level that can't be given. */
  static void require(String level) {
    switch (level.toLowerCase(Locale.ROOT).replace('_', ' ')) {
      case "read uncommitted", "read committed", "repeatable read" -> {}
      case "serializable" ->
          throw DatabaseException.unsupported(
              "isolation level SERIALIZABLE is not supported, the strongest is REPEATABLE READ");
      default ->
          throw DatabaseException.user("22023", "invalid isolation level: \"" + level + "\"");
    }
  }
}
