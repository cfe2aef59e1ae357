package org.facetdb.sql.plan;

import java.util.List;
import java.util.function.Supplier;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.bind.Operators;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.expr.CompiledExpression;
import org.facetdb.sql.expr.CompiledPredicate;
import org.facetdb.sql.expr.ExpressionCompiler;
import org.facetdb.sql.expr.VectorExpression;
import org.facetdb.sql.expr.VectorPredicate;
import org.facetdb.sql.function.FunctionRegistry;
import org.facetdb.sql.row.KeyValue;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeMapping;

/**
 * Compiles a plan's expressions; each execution takes copies. Used while planning, by one thread.
 */
final class Expressions {
  private final ExpressionCompiler compiler;

  Expressions(RexBuilder rex, FunctionRegistry functions) {
    this.compiler = new ExpressionCompiler(rex, functions);
  }

  Supplier<VectorExpression> expression(RexNode node, List<LogicalType> inputs) {
    CompiledExpression compiled = compiler.compile(node, inputs);
    return compiled::copy;
  }

  Supplier<VectorPredicate> predicate(RexNode node, List<LogicalType> inputs) {
    CompiledPredicate compiled = compiler.compilePredicate(node, inputs);
    return compiled::copy;
  }

  /** An expression without inputs as a value to look up in a key of a type. */
  KeyValue keyValue(RexNode node, LogicalType column) {
    SqlType type = SqlType.require(column);
    SqlType own = TypeMapping.toLogical(node.getType());
    if (node instanceof RexDynamicParam parameter && own.kind() == type.kind()) {
      return KeyValue.parameter(parameter.getIndex());
    }
    if (node instanceof RexLiteral || Operators.isConstant(node)) {
      try {
        return KeyValue.constant(compiler.evaluate(node, ExecutionContext.builder().build()));
      } catch (org.facetdb.spi.DatabaseException e) {
        // Fails only if the statement gets there.
      }
    }
    CompiledExpression compiled = compiler.compile(node, List.of());
    return context -> compiled.copy().evaluate(new Batch(new Vector[0], 1), context).valueAt(0);
  }
}
