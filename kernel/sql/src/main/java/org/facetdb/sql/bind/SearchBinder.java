package org.facetdb.sql.bind;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.index.SearchOperator;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.catalog.MethodIndex;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.expr.SearchOperators;
import org.facetdb.sql.extension.Contributions;
import org.facetdb.sql.extension.RegisteredMethod;
import org.facetdb.sql.row.SearchColumns;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/**
 * Binds the operators and functions of index methods: finds the table or column that they are about
 * and the index that answers. Used by the binding thread.
 *
 * <p>A table read as of another time is searched by the index that it has now, wherever the columns
 * were there then.
 */
final class SearchBinder {
  private final Binder binder;

  SearchBinder(Binder binder) {
    this.binder = binder;
  }

  /** What an identifier names: a table of the FROM clause, or a column of one. */
  private record Subject(Scope.Source source, TableDefinition table, int column) {
    static final int WHOLE = -1;
  }

  /** An index that answers, with its method. */
  private record Answering(MethodIndex index, RegisteredMethod method, int column) {}

  private Contributions contributions() {
    return binder.context().plugins().contributions();
  }

  boolean isOperator(String symbol) {
    return contributions().isSearchOperator(symbol);
  }

  boolean isFunction(String name) {
    return contributions().isSearchFunction(name) && !contributions().functions().contains(name);
  }

  /** The error for a name that an extension would know if it were there; null for any other. */
  @Nullable RuntimeException absence(String name, boolean symbol, SqlNode at) {
    if (contributions().functions().contains(name)
        || contributions().isSearchOperator(name)
        || contributions().isSearchFunction(name)) {
      return null;
    }
    DatabaseException error =
        binder
            .context()
            .plugins()
            .absences()
            .of(binder.context().catalog(), (symbol ? "operator " : "function ") + name, name);
    return error == null ? null : binder.text().locate(error, at.getParserPosition());
  }

  private void uses(RegisteredMethod method) {
    binder.context().plugins().uses().accept(method.owner());
  }

  private @Nullable Subject subject(SqlNode node, Scope scope) {
    if (!(node instanceof SqlIdentifier identifier) || identifier.isStar()) {
      return null;
    }
    List<String> names = identifier.names;
    String last = names.getLast();
    if (names.size() == 1) {
      Subject found = null;
      for (Scope.Source source : scope.sources()) {
        Subject here = column(source, last);
        if (here != null && found != null) {
          throw binder
              .text()
              .error(identifier, "42702", "column reference \"" + last + "\" is ambiguous");
        }
        found = here != null ? here : found;
      }
      if (found != null) {
        return found;
      }
    } else {
      Scope.Source source =
          scope.source(names.subList(0, names.size() - 1), binder.text(), identifier);
      Subject found = source == null ? null : column(source, last);
      if (found != null) {
        return found;
      }
    }
    Scope.Source whole = scope.source(names, binder.text(), identifier);
    return whole != null && whole.relation() instanceof TableDefinition table
        ? new Subject(whole, table, Subject.WHOLE)
        : null;
  }

  private static @Nullable Subject column(Scope.Source source, String name) {
    if (!(source.relation() instanceof TableDefinition table)) {
      return null;
    }
    for (int i = 0; i < table.columns().size(); i++) {
      if (source.columns().get(i).name().equals(name)) {
        return new Subject(source, table, i);
      }
    }
    return null;
  }

  private interface Offer {
    boolean by(RegisteredMethod method);
  }

  /**
   * The indexes of a table, as it is now, that offer something: those that have the column, or all
   * for the table as a whole.
   */
  private List<Answering> answering(Subject subject, Offer offer) {
    TableDefinition now = binder.context().catalog().table(subject.table().id());
    List<Answering> found = new ArrayList<>();
    for (MethodIndex index : now == null ? List.<MethodIndex>of() : now.methodIndexes()) {
      RegisteredMethod method = contributions().method(index.method());
      if (method == null || !offer.by(method) || !index.fits(subject.table())) {
        continue;
      }
      if (subject.column() == Subject.WHOLE) {
        found.add(new Answering(index, method, SearchClause.ALL_COLUMNS));
        continue;
      }
      int[] positions = index.positions(subject.table());
      for (int i = 0; i < positions.length; i++) {
        if (positions[i] == subject.column()) {
          found.add(new Answering(index, method, i));
        }
      }
    }
    return found;
  }

  /** A condition {@code column OP argument}. */
  RexNode operator(ExpressionBinder expressions, SqlCall call, String symbol) {
    SqlNode left = call.operand(0);
    Subject subject = call.operandCount() == 2 ? subject(left, expressions.scope()) : null;
    if (subject == null) {
      if (left instanceof SqlIdentifier) {
        expressions.bind(left); // says so if there is no such column
      }
      throw binder
          .text()
          .error(left, "42809", "operator " + symbol + " takes an indexed column or a table");
    }
    List<Answering> all = answering(subject, m -> Contributions.operator(m, symbol) != null);
    if (all.isEmpty()) {
      throw unanswered(left, symbol, subject);
    }
    if (all.size() > 1 && (subject.column() == Subject.WHOLE || differ(all))) {
      throw severalIndexes(left, symbol, subject, all);
    }
    Answering found = all.getFirst();
    uses(found.method());
    SearchOperator operator =
        java.util.Objects.requireNonNull(Contributions.operator(found.method(), symbol));
    List<RexNode> operands = new ArrayList<>();
    for (int position : found.index().positions(subject.table())) {
      operands.add(subject.source().columns().get(position).expression());
    }
    operands.add(
        argument(expressions, call.operand(1), operator.argumentType(), "operator " + symbol));
    RelDataType type = binder.coercion().of(TypeKind.BOOLEAN, true);
    int place = binder.text().offset(call.operand(1).getParserPosition());
    return binder
        .rex()
        .makeCall(
            type,
            new SearchOperators.Match(found.index().id(), found.column(), symbol, place),
            operands);
  }

  /** Whether it matters which of a column's indexes is asked. */
  private static boolean differ(List<Answering> indexes) {
    return indexes.stream()
            .map(found -> Map.entry(found.index().method(), found.index().options()))
            .distinct()
            .count()
        > 1;
  }

  /**
   * A table is searched as a whole by one index, which would leave out what others have; indexes of
   * a column with different options have different answers.
   */
  private DatabaseException severalIndexes(
      SqlNode at, String symbol, Subject subject, List<Answering> all) {
    String names =
        all.stream().map(found -> found.index().name()).collect(Collectors.joining(", "));
    return binder
        .text()
        .error(
            at.getParserPosition(),
            "42725",
            "operator " + symbol + " on " + shown(subject) + " is ambiguous: indexes=" + names,
            subject.column() == Subject.WHOLE
                ? "Search a column, or keep one index over all columns."
                : "Their options differ, so their answers do. Keep one of them.");
  }

  private String shown(Subject subject) {
    return subject.column() == Subject.WHOLE
        ? "table \"" + subject.table().name() + "\""
        : "column \""
            + subject.table().columns().get(subject.column()).name()
            + "\" of table \""
            + subject.table().name()
            + "\"";
  }

  /** No index answers: which would, or why none can. */
  private DatabaseException unanswered(SqlNode at, String symbol, Subject subject) {
    DatabaseException error =
        binder
            .text()
            .error(at, "42704", "operator " + symbol + " needs an index on " + shown(subject));
    RegisteredMethod method = offering(symbol);
    String refusal = refusal(method, subject);
    if (refusal != null) {
      return error.withDetail(refusal);
    }
    String column =
        subject.column() == Subject.WHOLE
            ? "..."
            : subject.table().columns().get(subject.column()).name();
    return error.withHint(
        "CREATE INDEX ON "
            + subject.table().name()
            + " USING "
            + method.name()
            + " ("
            + column
            + ") makes one.");
  }

  private RegisteredMethod offering(String symbol) {
    return contributions().versions().stream()
        .flatMap(version -> version.methods().stream())
        .filter(method -> Contributions.operator(method, symbol) != null)
        .findFirst()
        .orElseThrow();
  }

  /** Why a method can't index a column, null if it can. */
  private static @Nullable String refusal(RegisteredMethod method, Subject subject) {
    if (subject.column() == Subject.WHOLE) {
      return null;
    }
    TableDefinition table = subject.table();
    List<Integer> columns = List.of(table.columns().get(subject.column()).id());
    MethodIndex index =
        new MethodIndex(
            0,
            table.name(),
            table.id(),
            method.name(),
            method.owner().name(),
            columns,
            new TreeMap<>());
    try {
      method.method().validate(index.shape(table));
      return null;
    } catch (DatabaseException e) {
      return e.getMessage();
    }
  }

  private RexNode argument(
      ExpressionBinder expressions, SqlNode node, LogicalType wanted, String of) {
    Coercion coercion = binder.coercion();
    RexNode bound = expressions.bind(node);
    RelDataType type = coercion.relType(wanted, true);
    if (!coercion.isUnknown(bound) && !coercion.canUse(bound.getType(), type)) {
      throw binder
          .text()
          .error(
              node,
              "42804",
              of
                  + " takes a "
                  + wanted.name()
                  + ", not a value of type "
                  + coercion.name(bound.getType()));
    }
    return coercion.assign(bound, type, node);
  }

  /** A score or a rendering. */
  RexNode function(ExpressionBinder expressions, SqlCall call, String name) {
    Subject subject =
        call.operandCount() > 0 ? subject(call.operand(0), expressions.scope()) : null;
    if (subject == null) {
      if (call.operandCount() > 0 && call.operand(0) instanceof SqlIdentifier named) {
        expressions.bind(named); // says so if there is no such column
      }
      throw binder
          .text()
          .error(call, "42883", "function " + name + " takes a table, or a column of it, first");
    }
    Offer offer = m -> Contributions.function(m, name) != null;
    List<Answering> all = answering(subject, offer);
    if (all.isEmpty() && subject.column() != Subject.WHOLE) {
      all = answering(new Subject(subject.source(), subject.table(), Subject.WHOLE), offer);
    }
    if (all.isEmpty()) {
      throw binder
          .text()
          .error(call, "42704", "function " + name + " needs an index on " + shown(subject));
    }
    all.forEach(each -> uses(each.method()));
    Answering found = all.getFirst();
    return switch (java.util.Objects.requireNonNull(Contributions.function(found.method(), name))) {
      case SearchFunction.Score _ -> {
        if (call.operandCount() != 1) {
          throw binder.text().error(call, "42883", "function " + name + " takes one argument");
        }
        yield score(subject, all, call);
      }
      case SearchFunction.Rendering rendering ->
          rendering(expressions, call, subject, found, rendering);
    };
  }

  /** The score of the index that was searched; where there are several, of whichever it was. */
  private RexNode score(Subject subject, List<Answering> all, SqlNode at) {
    List<RexNode> scores = new ArrayList<>();
    for (Answering found : all) {
      scores.add(hidden(subject, SearchColumns.scoreName(found.index().id()), at));
    }
    RexNode first = scores.getFirst();
    return scores.size() == 1
        ? first
        : binder.rex().makeCall(first.getType(), SqlStdOperatorTable.COALESCE, scores);
  }

  private RexNode hidden(Subject subject, String name, SqlNode at) {
    for (Scope.Column column : subject.source().columns()) {
      if (column.name().equals(name)) {
        binder.notePosition(column.expression(), at.getParserPosition());
        return column.expression();
      }
    }
    throw binder.text().unsupported(at, "the score or highlight of a row that is changed");
  }

  private RexNode rendering(
      ExpressionBinder expressions,
      SqlCall call,
      Subject subject,
      Answering found,
      SearchFunction.Rendering rendering) {
    if (found.column() == SearchClause.ALL_COLUMNS) {
      throw binder
          .text()
          .error(call, "42883", "function " + rendering.name() + " takes an indexed column first");
    }
    List<LogicalType> types = rendering.argumentTypes();
    int given = call.operandCount() - 1;
    if (given > types.size() || given < types.size() - rendering.optionalArguments()) {
      throw binder
          .text()
          .error(
              call,
              "42883",
              "function "
                  + rendering.name()
                  + " takes a column and up to "
                  + types.size()
                  + " further arguments");
    }
    List<RexNode> operands = new ArrayList<>();
    operands.add(subject.source().columns().get(subject.column()).expression());
    operands.add(hidden(subject, SearchColumns.searchName(found.index().id()), call));
    for (int i = 0; i < given; i++) {
      operands.add(
          argument(expressions, call.operand(i + 1), types.get(i), "function " + rendering.name()));
    }
    return binder
        .rex()
        .makeCall(
            binder.coercion().relType(rendering.returnType(), true),
            new SearchOperators.Render(found.index().id(), found.column(), rendering),
            operands);
  }
}
