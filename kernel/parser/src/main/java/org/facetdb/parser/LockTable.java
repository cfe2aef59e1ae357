package org.facetdb.parser;

import java.util.List;
import java.util.Objects;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** {@code LOCK [TABLE] table, ... [IN mode MODE] [NOWAIT]}. */
public final class LockTable extends Statement {
  private final List<SqlIdentifier> tables;
  private final Mode mode;
  private final boolean noWait;

  /** Takes the parts as they were written. */
  public LockTable(SqlParserPos pos, List<SqlIdentifier> tables, Mode mode, boolean noWait) {
    super(pos, "LOCK TABLE");
    this.tables = List.copyOf(tables);
    this.mode = Objects.requireNonNull(mode);
    this.noWait = noWait;
  }

  /** The tables, in the order in which they are locked. */
  public List<SqlIdentifier> tables() {
    return tables;
  }

  /** How they are locked. */
  public Mode mode() {
    return mode;
  }

  /** Whether it fails rather than wait. */
  public boolean noWait() {
    return noWait;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words("LOCK TABLE").nodes(tables);
    u.words("IN " + mode.name().replace('_', ' ') + " MODE");
    if (noWait) {
      u.words("NOWAIT");
    }
  }

  /** The modes, under the names that they are written with. */
  public enum Mode {
    ACCESS_SHARE,
    ROW_SHARE,
    ROW_EXCLUSIVE,
    SHARE_UPDATE_EXCLUSIVE,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    EXCLUSIVE,
    ACCESS_EXCLUSIVE
  }
}
