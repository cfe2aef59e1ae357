package org.facetdb.parser;

import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * {@code CREATE | ALTER | DROP kind name ... OPTIONS (...)} for the kinds of object that plug- ins
 * register, and for those that the kernel knows by another module.
 */
public final class ObjectStatement extends Statement {
  private final Action action;
  private final String kind;
  private final boolean replace;
  private final boolean conditional;
  private final SqlIdentifier name;
  private final List<Option> options;
  private final Dependents dependents;

  /** Takes the parts as they were written. */
  public ObjectStatement(
      SqlParserPos pos,
      Action action,
      String kind,
      boolean replace,
      boolean conditional,
      SqlIdentifier name,
      List<Option> options,
      Dependents dependents) {
    super(pos, action.name() + " " + kind.toUpperCase(Locale.ROOT));
    this.action = action;
    this.kind = kind;
    this.replace = replace;
    this.conditional = conditional;
    this.name = name;
    this.options = List.copyOf(options);
    this.dependents = dependents;
  }

  /** What is done. */
  public Action action() {
    return action;
  }

  /** The kind in lower case, {@code model} for example; several words have one space between. */
  public String kind() {
    return kind;
  }

  /** Whether {@code OR REPLACE} was given. */
  public boolean replace() {
    return replace;
  }

  /** Whether {@code IF [NOT] EXISTS} was given. */
  public boolean conditional() {
    return conditional;
  }

  /** The object. */
  public SqlIdentifier name() {
    return name;
  }

  /** The pairs of {@code OPTIONS (...)}. */
  public List<Option> options() {
    return options;
  }

  /** What happens to the objects that depend on it. */
  public Dependents dependents() {
    return dependents;
  }

  /** Whether {@code CASCADE} was given. */
  public boolean cascade() {
    return dependents == Dependents.DROPPED;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    Unparse u = new Unparse(writer);
    u.words(action.name());
    if (replace) {
      u.words("OR REPLACE");
    }
    u.words(kind.toUpperCase(Locale.ROOT));
    if (conditional) {
      u.words(action == Action.CREATE ? "IF NOT EXISTS" : "IF EXISTS");
    }
    u.node(name);
    if (kind.equals("extension")) {
      unparseVersion(u);
    } else if (!options.isEmpty()) {
      u.words("OPTIONS").spaced(options);
    }
    switch (dependents) {
      case DROPPED -> u.words("CASCADE");
      case REFUSED -> u.words("RESTRICT");
      case UNSAID -> {}
    }
  }

  private void unparseVersion(Unparse u) {
    SqlNode version = options.isEmpty() ? null : options.getFirst().value();
    if (action == Action.ALTER && !options.isEmpty()) {
      u.words(version == null ? "UPDATE" : "UPDATE TO");
    } else if (version != null) {
      u.words("VERSION");
    }
    if (version != null) {
      u.node(version);
    }
  }

  /** What happens to the objects that depend on one that is dropped. */
  public enum Dependents {
    /** Nothing was said. */
    UNSAID,
    /** They keep it from being dropped: {@code RESTRICT}. */
    REFUSED,
    /** They are dropped, too: {@code CASCADE}. */
    DROPPED
  }

  /** What is done to the object. */
  public enum Action {
    /** It is made. */
    CREATE,
    /** Its options are changed. */
    ALTER,
    /** It is removed. */
    DROP
  }
}
