package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * {@code CREATE [UNIQUE] INDEX [CONCURRENTLY] [IF NOT EXISTS] [name] ON table [USING method]
 * (columns) [INCLUDE (columns)] [WITH (options)] [WHERE predicate]}.
 */
public final class CreateIndex extends Statement {
  private final boolean unique;
  private final boolean ifNotExists;
  private final @Nullable SqlIdentifier name;
  private final SqlIdentifier table;
  private final @Nullable SqlIdentifier method;
  private final List<IndexColumn> columns;
  private final List<SqlIdentifier> included;
  private final List<Option> options;
  private final @Nullable SqlNode where;

  /** Takes the parts as they were written. */
  public CreateIndex(
      SqlParserPos pos,
      boolean unique,
      boolean ifNotExists,
      @Nullable SqlIdentifier name,
      SqlIdentifier table,
      @Nullable SqlIdentifier method,
      List<IndexColumn> columns,
      List<SqlIdentifier> included,
      List<Option> options,
      @Nullable SqlNode where) {
    super(pos, "CREATE INDEX");
    this.unique = unique;
    this.ifNotExists = ifNotExists;
    this.name = name;
    this.table = table;
    this.method = method;
    this.columns = List.copyOf(columns);
    this.included = List.copyOf(included);
    this.options = List.copyOf(options);
    this.where = where;
  }

  /** Whether {@code UNIQUE} was given. */
  public boolean unique() {
    return unique;
  }

  /** Whether an existing index is no error. */
  public boolean ifNotExists() {
    return ifNotExists;
  }

  /** The index, or null where the database is to name it. */
  public @Nullable SqlIdentifier name() {
    return name;
  }

  /** The indexed table. */
  public SqlIdentifier table() {
    return table;
  }

  /** The index method of {@code USING}, or null. */
  public @Nullable SqlIdentifier method() {
    return method;
  }

  /** The key parts in order. */
  public List<IndexColumn> columns() {
    return columns;
  }

  /** The columns of {@code INCLUDE}. */
  public List<SqlIdentifier> included() {
    return included;
  }

  /** The pairs of {@code WITH (...)} or {@code OPTIONS (...)}. */
  public List<Option> options() {
    return options;
  }

  /** The predicate of a partial index, or null. */
  public @Nullable SqlNode where() {
    return where;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words(unique ? "CREATE UNIQUE INDEX" : "CREATE INDEX");
    if (ifNotExists) {
      u.words("IF NOT EXISTS");
    }
    if (name != null) {
      u.node(name);
    }
    u.words("ON").node(table);
    if (method != null) {
      u.words("USING").node(method);
    }
    u.open();
    for (IndexColumn column : columns) {
      u.separate();
      column.unparse(u);
    }
    u.close();
    if (!included.isEmpty()) {
      u.words("INCLUDE").optionalNames(included);
    }
    if (!options.isEmpty()) {
      u.words("WITH").options(options);
    }
    if (where != null) {
      u.words("WHERE").node(where);
    }
  }
}
