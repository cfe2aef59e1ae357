package org.facetdb.sql.exec;

import org.facetdb.spi.DatabaseException;

/** The errors of execution with their SQLSTATEs. */
final class ExecErrors {
  private ExecErrors() {}

  static DatabaseException user(String sqlState, String message) {
    return DatabaseException.user(sqlState, message);
  }

  static DatabaseException resource(String sqlState, String message) {
    return new DatabaseException(sqlState, DatabaseException.Category.RESOURCE, message);
  }
}
