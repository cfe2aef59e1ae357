package org.facetdb.sql.expr;

import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.SearchAccess;
import org.facetdb.sql.type.SqlType;

/** Search conditions and renderings where no index search serves them. */
final class SearchNodes {
  private SearchNodes() {}

  /** A condition evaluated row by row, with the index's analysis. */
  static final class Match extends CompiledExpression {
    private final SearchOperators.Match operator;
    private final CompiledExpression[] columns;
    private final CompiledExpression argument;
    private final BooleanVector result = (BooleanVector) Vector.create(SqlType.BOOLEAN);

    Match(
        SearchOperators.Match operator, CompiledExpression[] columns, CompiledExpression argument) {
      super(SqlType.BOOLEAN);
      this.operator = operator;
      this.columns = columns;
      this.argument = argument;
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      result.reset();
      Vector[] values = new Vector[columns.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = columns[i].evaluate(batch, rows, count, context);
      }
      Vector given = argument.evaluate(batch, rows, count, context);
      Batch indexed = new Batch(values, batch.rowCount());
      SearchAccess searches = context.searches();
      PreparedRow[] prepared = new PreparedRow[1];
      boolean[] matches = new boolean[1];
      double[] scores = new double[1];
      Evaluator evaluator = null;
      Object last = null;
      for (int k = 0; k < count; k++) {
        int row = rows[k];
        Object value = given.valueAt(row);
        if (value == null) {
          result.setNull(row);
          continue;
        }
        if (evaluator == null || !value.equals(last)) {
          SearchClause clause = new SearchClause(operator.column(), operator.symbol(), value);
          evaluator = evaluator(searches, clause);
          last = value;
        }
        prepared[0] = searches.prepare(operator.indexId(), indexed, row);
        evaluator.evaluate(prepared, 1, matches, scores);
        result.set(row, matches[0]);
      }
      return result;
    }

    private Evaluator evaluator(SearchAccess searches, SearchClause clause) {
      try {
        return searches.evaluator(operator.indexId(), List.of(clause));
      } catch (DatabaseException e) {
        boolean atFault = e.category() == DatabaseException.Category.USER && e.position() == 0;
        throw atFault ? e.withPosition(operator.place()) : e;
      }
    }

    @Override
    public CompiledExpression copy() {
      return new Match(operator, copyAll(columns), argument.copy());
    }
  }

  /** A rendering; null where no search found the row. */
  static final class Render extends CompiledExpression {
    private final SearchOperators.Render operator;
    private final CompiledExpression value;
    private final CompiledExpression search;
    private final CompiledExpression[] arguments;
    private final Vector result;

    Render(
        SearchOperators.Render operator,
        SqlType type,
        CompiledExpression value,
        CompiledExpression search,
        CompiledExpression[] arguments) {
      super(type);
      this.operator = operator;
      this.value = value;
      this.search = search;
      this.arguments = arguments;
      this.result = Vector.create(type);
    }

    @Override
    Vector evaluate(Batch batch, int[] rows, int count, ExecutionContext context) {
      result.reset();
      Vector values = value.evaluate(batch, rows, count, context);
      LongVector searches = (LongVector) search.evaluate(batch, rows, count, context);
      Vector[] further = new Vector[arguments.length];
      for (int i = 0; i < further.length; i++) {
        further[i] = arguments[i].evaluate(batch, rows, count, context);
      }
      int[] live = new int[count];
      int from = 0;
      while (from < count) {
        int first = rows[from];
        if (searches.isNull(first)) {
          result.setNull(first);
          from++;
          continue;
        }
        long number = searches.get(first);
        int kept = 0;
        while (from < count && !searches.isNull(rows[from]) && searches.get(rows[from]) == number) {
          live[kept++] = rows[from++];
        }
        SearchAccess access = context.searches();
        access.render(
            operator.indexId(),
            operator.function(),
            access.registered(number),
            operator.column(),
            values,
            further,
            live,
            kept,
            result);
      }
      return result;
    }

    @Override
    public CompiledExpression copy() {
      return new Render(operator, type(), value.copy(), search.copy(), copyAll(arguments));
    }
  }
}
