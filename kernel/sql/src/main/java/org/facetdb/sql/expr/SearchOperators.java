package org.facetdb.sql.expr;

import java.util.List;
import java.util.Objects;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.facetdb.spi.index.SearchFunction;

/** Calls that a plug-in's index answers, as Calcite's expressions carry them. */
public final class SearchOperators {
  private SearchOperators() {}

  /**
   * A condition {@code column OP argument}. Its operands are the indexed columns in the index's
   * order, then the argument.
   */
  public static final class Match extends SqlFunction {
    private final int indexId;
    private final int column;
    private final String symbol;
    private final int place;

    /**
     * A condition, whose place is not part of what it is.
     *
     * @param column position in the index, or {@code SearchClause.ALL_COLUMNS}
     * @param place 1-based character offset of the argument in the statement, 0 if unknown
     */
    public Match(int indexId, int column, String symbol, int place) {
      super(
          symbol,
          SqlKind.OTHER_FUNCTION,
          ReturnTypes.BOOLEAN_NULLABLE,
          null,
          OperandTypes.VARIADIC,
          SqlFunctionCategory.USER_DEFINED_FUNCTION);
      this.indexId = indexId;
      this.column = column;
      this.symbol = symbol;
      this.place = place;
    }

    public int indexId() {
      return indexId;
    }

    public int column() {
      return column;
    }

    public String symbol() {
      return symbol;
    }

    public int place() {
      return place;
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
      return other instanceof Match that
          && indexId == that.indexId
          && column == that.column
          && symbol.equals(that.symbol);
    }

    @Override
    public int hashCode() {
      return Objects.hash(indexId, column, symbol);
    }
  }

  /**
   * A value shown in the light of the search that found its row. Its operands are the value, the
   * number of the search, then the further arguments.
   */
  public static final class Render extends SqlFunction {
    private final int indexId;
    private final int column;
    private final SearchFunction.Rendering function;

    public Render(int indexId, int column, SearchFunction.Rendering function) {
      super(
          function.name(),
          SqlKind.OTHER_FUNCTION,
          ReturnTypes.ARG0_NULLABLE,
          null,
          OperandTypes.VARIADIC,
          SqlFunctionCategory.USER_DEFINED_FUNCTION);
      this.indexId = indexId;
      this.column = column;
      this.function = function;
    }

    public int indexId() {
      return indexId;
    }

    public int column() {
      return column;
    }

    public SearchFunction.Rendering function() {
      return function;
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
      return other instanceof Render that
          && indexId == that.indexId
          && column == that.column
          && function.equals(that.function);
    }

    @Override
    public int hashCode() {
      return Objects.hash(indexId, column, List.of(function.name()));
    }
  }
}
