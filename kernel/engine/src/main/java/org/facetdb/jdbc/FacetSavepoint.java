package org.facetdb.jdbc;

import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/** A named or numbered mark in a transaction. Used by its connection's thread. */
final class FacetSavepoint implements Savepoint {
  private final int id;
  private final @Nullable String name;
  private boolean valid = true;

  FacetSavepoint(int id, @Nullable String name) {
    this.id = id;
    this.name = name;
  }

  String quotedName() {
    String plain = name == null ? "jdbc_savepoint_" + id : name;
    return '"' + plain.replace("\"", "\"\"") + '"';
  }

  boolean isValid() {
    return valid;
  }

  void release() {
    valid = false;
  }

  @Override
  public int getSavepointId() throws SQLException {
    if (name != null) {
      throw SqlErrors.create("the savepoint has a name, no number: " + name, "3B001");
    }
    return id;
  }

  @Override
  public String getSavepointName() throws SQLException {
    if (name == null) {
      throw SqlErrors.create("the savepoint has a number, no name: " + id, "3B001");
    }
    return name;
  }
}
