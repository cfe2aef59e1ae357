package org.facetdb.sql.catalog;

import java.util.List;
import java.util.Objects;

/**
 * FOREIGN KEY, MATCH SIMPLE: a row with a NULL among the columns refers to nothing.
 *
 * @param columns positions in the referencing table
 * @param parentTableId the referenced table
 * @param parentColumns positions there, in the order of {@code columns}
 * @param parentIndexId the unique index there, 0 for the primary key
 * @param checking when it is checked that rows refer to something
 */
public record ForeignKey(
    String name,
    List<Integer> columns,
    int parentTableId,
    List<Integer> parentColumns,
    int parentIndexId,
    Action onDelete,
    Action onUpdate,
    Checking checking) {
  public ForeignKey {
    Objects.requireNonNull(name);
    columns = List.copyOf(columns);
    parentColumns = List.copyOf(parentColumns);
    Objects.requireNonNull(onDelete);
    Objects.requireNonNull(onUpdate);
    Objects.requireNonNull(checking);
  }

  /** What happens to referencing rows when the referenced key goes. */
  public enum Action {
    /** Refused if rows still refer to it when the constraint is checked. */
    NO_ACTION,
    /**
     * Refused if rows still refer to it when the statement ends, also where checks are deferred.
     */
    RESTRICT,
    /** They are deleted, or get the new key. */
    CASCADE,
    /** They refer to nothing. */
    SET_NULL,
    /** They get their columns' defaults, and refer to what has these. */
    SET_DEFAULT
  }
}
