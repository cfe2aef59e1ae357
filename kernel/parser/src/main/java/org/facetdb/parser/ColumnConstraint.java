package org.facetdb.parser;

import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** A constraint of one column, with the name given by {@code CONSTRAINT name}, or null. */
public sealed interface ColumnConstraint {
  /** The name, or null where the database is to choose it. */
  @Nullable SqlIdentifier name();

  /** {@code NOT NULL}. */
  record NotNull(@Nullable SqlIdentifier name) implements ColumnConstraint {}

  /** {@code NULL}, which says what is so anyway. */
  record Null(@Nullable SqlIdentifier name) implements ColumnConstraint {}

  /** {@code DEFAULT expression}. */
  record Default(@Nullable SqlIdentifier name, SqlNode expression) implements ColumnConstraint {}

  /** {@code PRIMARY KEY}. */
  record PrimaryKey(@Nullable SqlIdentifier name) implements ColumnConstraint {}

  /** {@code UNIQUE}. */
  record Unique(@Nullable SqlIdentifier name, Checking checking) implements ColumnConstraint {}

  /** {@code CHECK (condition)}. */
  record Check(@Nullable SqlIdentifier name, SqlNode condition) implements ColumnConstraint {}

  /** {@code REFERENCES ...}. */
  record References(@Nullable SqlIdentifier name, Reference reference)
      implements ColumnConstraint {}
}
