package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** A constraint of a table, with the name given by {@code CONSTRAINT name}, or null. */
public sealed interface TableConstraint {
  /** The name, or null where the database is to choose it. */
  @Nullable SqlIdentifier name();

  /** {@code PRIMARY KEY (columns)}. */
  record PrimaryKey(@Nullable SqlIdentifier name, List<SqlIdentifier> columns)
      implements TableConstraint {
    /** Copies the list. */
    public PrimaryKey {
      columns = List.copyOf(columns);
    }
  }

  /** {@code UNIQUE (columns)}. */
  record Unique(@Nullable SqlIdentifier name, List<SqlIdentifier> columns, Checking checking)
      implements TableConstraint {
    /** Copies the list. */
    public Unique {
      columns = List.copyOf(columns);
    }
  }

  /** {@code CHECK (condition)}. */
  record Check(@Nullable SqlIdentifier name, SqlNode condition) implements TableConstraint {}

  /** {@code FOREIGN KEY (columns) REFERENCES ...}. */
  record ForeignKey(@Nullable SqlIdentifier name, List<SqlIdentifier> columns, Reference reference)
      implements TableConstraint {
    /** Copies the list. */
    public ForeignKey {
      columns = List.copyOf(columns);
    }
  }
}
