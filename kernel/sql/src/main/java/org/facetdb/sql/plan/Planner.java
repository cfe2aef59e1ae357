package org.facetdb.sql.plan;

import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.expr.VectorExpression;

/**
 * Turns syntax trees into executable plans: binds names and types as PostgreSQL does, rewrites and
 * orders the relational tree, chooses access paths, and builds operators.
 *
 * <p>Thread-safe and stateless but for the function registry.
 */
public interface Planner {
  /**
   * Plans a query (SELECT, VALUES, WITH, set operation).
   *
   * @throws org.facetdb.spi.DatabaseException with SQLSTATE and position if it can't be bound
   */
  QueryPlan planQuery(SqlNode query, PlanContext context);

  /** Compiles an expression over a table's columns: a CHECK or an index expression. */
  Scalar compileScalar(SqlNode expression, TableDefinition table, PlanContext context);

  /** Compiles an expression over no columns, of a wanted type: a DEFAULT. */
  Scalar compileConstant(
      SqlNode expression, org.facetdb.spi.type.LogicalType target, PlanContext context);

  /**
   * A compiled expression.
   *
   * @param type its type
   * @param columns the table's columns that it reads, ascending
   * @param expression over batches that have the table's columns in order
   */
  record Scalar(
      org.facetdb.spi.type.LogicalType type, List<Integer> columns, VectorExpression expression) {}
}
