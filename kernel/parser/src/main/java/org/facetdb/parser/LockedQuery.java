package org.facetdb.parser;

import java.util.List;
import java.util.Objects;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** A query that locks the rows that it gives, {@code SELECT ... FOR UPDATE}. */
public final class LockedQuery extends Statement {
  private final SqlNode query;
  private final @Nullable SqlNodeList orderBy;
  private final @Nullable SqlNode offset;
  private final @Nullable SqlNode fetch;
  private final List<RowLocking> locking;

  /** Takes the parts as they were written. */
  public LockedQuery(
      SqlParserPos pos,
      SqlNode query,
      @Nullable SqlNodeList orderBy,
      @Nullable SqlNode offset,
      @Nullable SqlNode fetch,
      List<RowLocking> locking) {
    super(pos, "SELECT");
    this.query = Objects.requireNonNull(query);
    this.orderBy = orderBy;
    this.offset = offset;
    this.fetch = fetch;
    this.locking = List.copyOf(locking);
  }

  /** The query without what stands behind it. */
  public SqlNode query() {
    return query;
  }

  /** The order, or null. */
  public @Nullable SqlNodeList orderBy() {
    return orderBy;
  }

  /** How many rows are passed over, or null. */
  public @Nullable SqlNode offset() {
    return offset;
  }

  /** How many rows are given at most, or null. */
  public @Nullable SqlNode fetch() {
    return fetch;
  }

  /** The clauses, at least one. */
  public List<RowLocking> locking() {
    return locking;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.node(query);
    if (orderBy != null) {
      u.words("ORDER BY").nodes(orderBy);
    }
    if (fetch != null) {
      u.words("LIMIT").node(fetch);
    }
    if (offset != null) {
      u.words("OFFSET").node(offset);
    }
    for (RowLocking clause : locking) {
      u.words(clause.strength().text());
      if (!clause.tables().isEmpty()) {
        u.words("OF").nodes(clause.tables());
      }
      if (clause.policy() != RowLocking.Policy.WAIT) {
        u.words(clause.policy().text());
      }
    }
  }
}
