package org.facetdb.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.jspecify.annotations.Nullable;

/** Writes the parts of statements to Calcite's writer. Confined to one call of {@code unparse}. */
final class Unparse {
  private final SqlWriter writer;

  Unparse(SqlWriter writer) {
    this.writer = writer;
  }

  Unparse words(String words) {
    for (String word : words.split(" ")) {
      writer.keyword(word);
    }
    return this;
  }

  Unparse node(SqlNode node) {
    node.unparse(writer, 0, 0);
    return this;
  }

  /** Writes an expression so that what follows it is not taken for a part of it. */
  Unparse operand(SqlNode node) {
    node.unparse(writer, 100, 100);
    return this;
  }

  Unparse string(String value) {
    writer.literal("'" + value.replace("'", "''") + "'");
    return this;
  }

  Unparse open() {
    writer.print("(");
    writer.setNeedWhitespace(false);
    pending = false;
    return this;
  }

  Unparse close() {
    writer.print(")");
    writer.setNeedWhitespace(true);
    pending = false;
    return this;
  }

  private boolean pending;

  /** Writes a comma before every element but the first since {@link #open}. */
  Unparse separate() {
    if (pending) {
      writer.print(",");
      writer.setNeedWhitespace(true);
    }
    pending = true;
    return this;
  }

  Unparse nodes(List<? extends SqlNode> nodes) {
    pending = false;
    for (SqlNode node : nodes) {
      separate().node(node);
    }
    pending = false;
    return this;
  }

  Unparse optionalNames(List<SqlIdentifier> names) {
    return names.isEmpty() ? this : open().nodes(names).close();
  }

  /** Writes {@code (name = value, ...)}. */
  Unparse options(List<Option> options) {
    return optionList(options, true);
  }

  /** Writes {@code (name value, ...)}. */
  Unparse spaced(List<Option> options) {
    return optionList(options, false);
  }

  private Unparse optionList(List<Option> options, boolean equalSign) {
    open();
    for (Option option : options) {
      separate();
      writer.identifier(option.name(), true);
      if (option.value() != null) {
        if (equalSign) {
          words("=");
        }
        node(option.value());
      }
    }
    return close();
  }

  Unparse assignments(List<Assignment> assignments) {
    pending = false;
    for (Assignment assignment : assignments) {
      separate();
      if (assignment.columns().size() == 1) {
        node(assignment.columns().getFirst());
      } else {
        open().nodes(assignment.columns()).close();
      }
      words("=").node(assignment.value());
      pending = true;
    }
    pending = false;
    return this;
  }

  Unparse returning(List<SqlNode> items) {
    return items.isEmpty() ? this : words("RETURNING").nodes(items);
  }

  private void constraintName(@Nullable SqlIdentifier name) {
    if (name != null) {
      words("CONSTRAINT").node(name);
    }
  }

  Unparse constraint(ColumnConstraint constraint) {
    constraintName(constraint.name());
    boolean outer = pending;
    switch (constraint) {
      case ColumnConstraint.NotNull n -> words("NOT NULL");
      case ColumnConstraint.Null n -> words("NULL");
      case ColumnConstraint.Default d -> words("DEFAULT").operand(d.expression());
      case ColumnConstraint.PrimaryKey p -> words("PRIMARY KEY");
      case ColumnConstraint.Unique q -> {
        words("UNIQUE");
        q.checking().unparse(this);
      }
      case ColumnConstraint.Check c -> words("CHECK").open().node(c.condition()).close();
      case ColumnConstraint.References r -> r.reference().unparse(this);
    }
    pending = outer;
    return this;
  }

  Unparse constraint(TableConstraint constraint) {
    constraintName(constraint.name());
    boolean outer = pending;
    switch (constraint) {
      case TableConstraint.PrimaryKey p -> words("PRIMARY KEY").optionalNames(p.columns());
      case TableConstraint.Unique q -> {
        words("UNIQUE").optionalNames(q.columns());
        q.checking().unparse(this);
      }
      case TableConstraint.Check c -> words("CHECK").open().node(c.condition()).close();
      case TableConstraint.ForeignKey f -> {
        words("FOREIGN KEY").optionalNames(f.columns());
        f.reference().unparse(this);
      }
    }
    pending = outer;
    return this;
  }
}
