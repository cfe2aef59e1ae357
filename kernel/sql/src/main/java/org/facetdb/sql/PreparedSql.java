package org.facetdb.sql;

import java.util.List;
import org.facetdb.spi.type.LogicalType;

/**
 * One parsed and bound statement of a session, executed any number of times. It follows the schema:
 * after a change it is bound again when next executed. Used by the session's thread.
 */
public interface PreparedSql {
  /** The statement's text as given. */
  String sql();

  /** The columns of its result; empty where it returns no rows. */
  List<ResultColumn> columns();

  /** The types of its parameters by position. */
  List<LogicalType> parameterTypes();
}
