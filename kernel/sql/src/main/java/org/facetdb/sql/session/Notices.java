package org.facetdb.sql.session;

import org.facetdb.sql.Notice;

/** What transaction statements have to say, in PostgreSQL's words. Stateless. */
final class Notices {
  static final Notice ALREADY_WITHIN =
      Notice.warning("25001", "there is already a transaction in progress");

  static final Notice NOT_WITHIN = Notice.warning("25P01", "there is no transaction in progress");

  private Notices() {}

  static Notice outsideTransaction(String command) {
    return Notice.warning("25P01", command + " can only be used in transaction blocks");
  }
}
