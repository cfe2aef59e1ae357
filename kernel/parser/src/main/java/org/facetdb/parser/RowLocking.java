package org.facetdb.parser;

import java.util.List;
import java.util.Objects;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * A locking clause of a query, {@code FOR UPDATE} for example.
 *
 * @param pos where it stands
 * @param tables the names of {@code OF}, empty for all tables of the query
 */
public record RowLocking(
    SqlParserPos pos, Strength strength, List<SqlIdentifier> tables, Policy policy) {
  public RowLocking {
    Objects.requireNonNull(pos);
    Objects.requireNonNull(strength);
    tables = List.copyOf(tables);
    Objects.requireNonNull(policy);
  }

  /** How rows are locked, the weakest first. */
  public enum Strength {
    KEY_SHARE("FOR KEY SHARE"),
    SHARE("FOR SHARE"),
    NO_KEY_UPDATE("FOR NO KEY UPDATE"),
    UPDATE("FOR UPDATE");

    private final String text;

    Strength(String text) {
      this.text = text;
    }

    /** The clause as it is written. */
    public String text() {
      return text;
    }
  }

  /** What becomes of rows that others have locked. */
  public enum Policy {
    /** The statement waits for them. */
    WAIT(""),
    /** It fails. */
    NOWAIT("NOWAIT"),
    /** It leaves them out. */
    SKIP_LOCKED("SKIP LOCKED");

    private final String text;

    Policy(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }
}
