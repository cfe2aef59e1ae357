package org.facetdb.parser;

import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** A statement that starts, ends or marks a transaction. */
public final class TransactionStatement extends Statement {
  private final Action action;
  private final @Nullable SqlIdentifier savepoint;
  private final @Nullable Isolation isolation;
  private final @Nullable Boolean readOnly;
  private final @Nullable Boolean deferrable;
  private final boolean chain;

  /** Takes the parts as they were written. */
  public TransactionStatement(
      SqlParserPos pos,
      Action action,
      @Nullable SqlIdentifier savepoint,
      @Nullable Isolation isolation,
      @Nullable Boolean readOnly,
      @Nullable Boolean deferrable,
      boolean chain) {
    super(pos, action.text);
    this.action = action;
    this.savepoint = savepoint;
    this.isolation = isolation;
    this.readOnly = readOnly;
    this.deferrable = deferrable;
    this.chain = chain;
  }

  /** What it does. */
  public Action action() {
    return action;
  }

  /** The savepoint of the three savepoint actions, otherwise null. */
  public @Nullable SqlIdentifier savepoint() {
    return savepoint;
  }

  /** The level that was named, or null. */
  public @Nullable Isolation isolation() {
    return isolation;
  }

  /** True for {@code READ ONLY}, false for {@code READ WRITE}, null where neither was given. */
  public @Nullable Boolean readOnly() {
    return readOnly;
  }

  /**
   * True for {@code DEFERRABLE}, false for {@code NOT DEFERRABLE}, null where neither was given.
   */
  public @Nullable Boolean deferrable() {
    return deferrable;
  }

  /** Whether {@code AND CHAIN} was given. */
  public boolean chain() {
    return chain;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words(action.text);
    if (savepoint != null) {
      u.node(savepoint);
    }
    if (isolation != null) {
      u.words("ISOLATION LEVEL " + isolation.text);
    }
    if (readOnly != null) {
      u.words(readOnly ? "READ ONLY" : "READ WRITE");
    }
    if (deferrable != null) {
      u.words(deferrable ? "DEFERRABLE" : "NOT DEFERRABLE");
    }
    if (chain) {
      u.words("AND CHAIN");
    }
  }

  /** What the statement does. */
  public enum Action {
    /** {@code BEGIN} or {@code START TRANSACTION}. */
    BEGIN("BEGIN"),
    /** {@code COMMIT} or {@code END}. */
    COMMIT("COMMIT"),
    /** {@code ROLLBACK} or {@code ABORT}. */
    ROLLBACK("ROLLBACK"),
    /** {@code SAVEPOINT name}. */
    SAVEPOINT("SAVEPOINT"),
    /** {@code ROLLBACK TO [SAVEPOINT] name}. */
    ROLLBACK_TO("ROLLBACK TO SAVEPOINT"),
    /** {@code RELEASE [SAVEPOINT] name}. */
    RELEASE("RELEASE SAVEPOINT"),
    /** {@code SET TRANSACTION ...}, for the open transaction. */
    SET_TRANSACTION("SET TRANSACTION"),
    /** {@code SET SESSION CHARACTERISTICS AS TRANSACTION ...}, for those to come. */
    SET_SESSION("SET SESSION CHARACTERISTICS AS TRANSACTION");

    final String text;

    Action(String text) {
      this.text = text;
    }
  }

  /** The isolation levels of the standard. */
  public enum Isolation {
    /** {@code READ UNCOMMITTED}. */
    READ_UNCOMMITTED("READ UNCOMMITTED"),
    /** {@code READ COMMITTED}. */
    READ_COMMITTED("READ COMMITTED"),
    /** {@code REPEATABLE READ}. */
    REPEATABLE_READ("REPEATABLE READ"),
    /** {@code SERIALIZABLE}. */
    SERIALIZABLE("SERIALIZABLE");

    final String text;

    Isolation(String text) {
      this.text = text;
    }
  }
}
