package org.facetdb.sql.bind;

import org.apache.calcite.sql.SqlWithItem;
import org.jspecify.annotations.Nullable;

/**
 * The common table expressions that a query may name: an immutable chain, innermost first. A WITH
 * query is bound anew at each use, in the environment in which it was declared.
 *
 * @param item the declaration, {@code null} for the empty environment
 */
record Env(@Nullable SqlWithItem item, @Nullable Env parent) {
  static final Env EMPTY = new Env(null, null);

  Env with(SqlWithItem declared) {
    return new Env(declared, this);
  }

  /** The environment that begins with the declaration of a name. */
  @Nullable Env find(String name) {
    for (Env env = this; env != null; env = env.parent) {
      if (env.item != null && env.item.name.getSimple().equals(name)) {
        return env;
      }
    }
    return null;
  }
}
