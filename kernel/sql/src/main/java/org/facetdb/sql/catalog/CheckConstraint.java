package org.facetdb.sql.catalog;

import java.util.Objects;

/**
 * CHECK: a row is refused where the expression is false; NULL passes.
 *
 * @param sql expression text over the table's columns
 */
public record CheckConstraint(String name, String sql) {
  public CheckConstraint {
    Objects.requireNonNull(name);
    Objects.requireNonNull(sql);
  }
}
