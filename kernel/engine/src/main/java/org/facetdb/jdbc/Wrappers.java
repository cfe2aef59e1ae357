package org.facetdb.jdbc;

import java.sql.SQLException;

/** Answers {@link java.sql.Wrapper} for objects that wrap nothing but themselves. */
final class Wrappers {
  private Wrappers() {}

  static <T> T unwrap(Object self, Class<T> type) throws SQLException {
    if (type.isInstance(self)) {
      return type.cast(self);
    }
    throw SqlErrors.create(
        self.getClass().getSimpleName() + " is no wrapper for " + type.getName(), "0A000");
  }
}
