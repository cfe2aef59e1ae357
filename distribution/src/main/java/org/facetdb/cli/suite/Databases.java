package org.facetdb.cli.suite;

import java.sql.Connection;
import java.sql.SQLException;

/** Gives a suite the databases that it runs on. */
@FunctionalInterface
public interface Databases {
  /**
   * A connection to a database for one file or case: fresh where the target allows it, otherwise
   * the one database that the caller named. The suite closes it.
   *
   * @param name tells fresh databases apart
   */
  Connection connect(String name) throws SQLException;
}
