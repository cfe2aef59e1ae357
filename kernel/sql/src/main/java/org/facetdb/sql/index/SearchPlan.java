package org.facetdb.sql.index;

import java.util.List;
import java.util.function.Supplier;
import org.facetdb.spi.index.SearchRequest;
import org.facetdb.sql.catalog.MethodIndex;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.row.KeyValue;
import org.facetdb.sql.row.TableAccess;
import org.jspecify.annotations.Nullable;

/**
 * How a plan searches a table. Immutable, shared by executions.
 *
 * @param access what is wanted of the rows
 * @param index as it is now; its columns are among those of the table that is read
 * @param conditions that all hold
 * @param order whether rows come best first
 * @param descending whether the best row has the largest score
 * @param wanted how many rows will probably be taken
 * @param scan reads the row key and then the indexed columns of all rows, where the index can't
 *     answer
 * @param filter reads the same of the rows that another index or the key selects by the statement's
 *     further conditions; null where there are none
 */
public record SearchPlan(
    TableAccess access,
    MethodIndex index,
    List<Condition> conditions,
    SearchRequest.Order order,
    boolean descending,
    int wanted,
    Supplier<Operator> scan,
    @Nullable Supplier<Operator> filter) {
  public SearchPlan {
    conditions = List.copyOf(conditions);
  }

  /**
   * A condition {@code column OP argument}.
   *
   * @param column position in the index, or {@code SearchClause.ALL_COLUMNS}
   * @param place 1-based character offset of the argument in the statement, 0 if unknown
   */
  public record Condition(int column, String operator, KeyValue argument, int place) {}
}
