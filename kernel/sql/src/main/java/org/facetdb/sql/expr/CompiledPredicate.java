package org.facetdb.sql.expr;

import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BooleanVector;
import org.facetdb.sql.exec.ExecutionContext;

/**
 * A compiled condition: narrows a selection. Conjunctions narrow step by step, so that a later
 * condition sees only rows that passed the ones before it. Used by one thread; {@link #copy} makes
 * an independent one.
 */
public abstract class CompiledPredicate implements VectorPredicate {
  CompiledPredicate() {}

  @Override
  public final int select(Batch batch, ExecutionContext context, int[] out) {
    return select(batch, batch.rows(), batch.selectedCount(), context, out);
  }

  /** Writes those of the first {@code count} rows that pass; {@code out} may be {@code rows}. */
  abstract int select(Batch batch, int[] rows, int count, ExecutionContext context, int[] out);

  /** The same condition with buffers of its own. */
  public abstract CompiledPredicate copy();

  static CompiledPredicate of(CompiledExpression condition) {
    return switch (condition) {
      case LogicNodes.Junction junction -> {
        CompiledPredicate[] parts = new CompiledPredicate[junction.operands().length];
        for (int i = 0; i < parts.length; i++) {
          parts[i] = of(junction.operands()[i]);
        }
        yield junction.isConjunction() ? new All(parts) : new Any(parts);
      }
      case ComparisonNode comparison -> {
        CompiledPredicate range = RangePredicate.of(comparison);
        yield range != null ? range : new Compare(comparison);
      }
      default -> new Truth(condition);
    };
  }

  /** AND. */
  private static final class All extends CompiledPredicate {
    private final CompiledPredicate[] parts;

    All(CompiledPredicate[] parts) {
      this.parts = parts;
    }

    @Override
    int select(Batch batch, int[] rows, int count, ExecutionContext context, int[] out) {
      int[] from = rows;
      int left = count;
      for (CompiledPredicate part : parts) {
        if (left == 0) {
          return 0;
        }
        left = part.select(batch, from, left, context, out);
        from = out;
      }
      return left;
    }

    @Override
    public CompiledPredicate copy() {
      return new All(copyAll(parts));
    }
  }

  /** OR: what one part lets through, the next ones need not look at. */
  private static final class Any extends CompiledPredicate {
    private final CompiledPredicate[] parts;
    private final boolean[] passed = new boolean[Batch.CAPACITY];
    private final int[] open = new int[Batch.CAPACITY];
    private final int[] found = new int[Batch.CAPACITY];
    private final int[] input = new int[Batch.CAPACITY];

    Any(CompiledPredicate[] parts) {
      this.parts = parts;
    }

    @Override
    int select(Batch batch, int[] rows, int count, ExecutionContext context, int[] out) {
      System.arraycopy(rows, 0, input, 0, count);
      System.arraycopy(rows, 0, open, 0, count);
      for (int k = 0; k < count; k++) {
        passed[rows[k]] = false;
      }
      int left = count;
      for (CompiledPredicate part : parts) {
        int n = part.select(batch, open, left, context, found);
        for (int k = 0; k < n; k++) {
          passed[found[k]] = true;
        }
        int rest = 0;
        for (int k = 0; k < left; k++) {
          open[rest] = open[k];
          rest += passed[open[k]] ? 0 : 1;
        }
        left = rest;
        if (left == 0) {
          break;
        }
      }
      int n = 0;
      for (int k = 0; k < count; k++) {
        int row = input[k];
        out[n] = row;
        n += passed[row] ? 1 : 0;
      }
      return n;
    }

    @Override
    public CompiledPredicate copy() {
      return new Any(copyAll(parts));
    }
  }

  /** A comparison of two columns or expressions. */
  private static final class Compare extends CompiledPredicate {
    private final ComparisonNode comparison;

    Compare(ComparisonNode comparison) {
      this.comparison = comparison;
    }

    @Override
    int select(Batch batch, int[] rows, int count, ExecutionContext context, int[] out) {
      return comparison.select(batch, rows, count, context, out);
    }

    @Override
    public CompiledPredicate copy() {
      return new Compare((ComparisonNode) comparison.copy());
    }
  }

  /** Any other boolean expression. */
  private static final class Truth extends CompiledPredicate {
    private final CompiledExpression condition;

    Truth(CompiledExpression condition) {
      this.condition = condition;
    }

    @Override
    int select(Batch batch, int[] rows, int count, ExecutionContext context, int[] out) {
      BooleanVector value = (BooleanVector) condition.evaluate(batch, rows, count, context);
      boolean[] values = value.values();
      int n = 0;
      if (value.hasNulls()) {
        boolean[] nulls = value.nulls();
        for (int k = 0; k < count; k++) {
          int row = rows[k];
          out[n] = row;
          n += values[row] & !nulls[row] ? 1 : 0;
        }
      } else {
        for (int k = 0; k < count; k++) {
          int row = rows[k];
          out[n] = row;
          n += values[row] ? 1 : 0;
        }
      }
      return n;
    }

    @Override
    public CompiledPredicate copy() {
      return new Truth(condition.copy());
    }
  }

  private static CompiledPredicate[] copyAll(CompiledPredicate[] parts) {
    CompiledPredicate[] copies = new CompiledPredicate[parts.length];
    for (int i = 0; i < parts.length; i++) {
      copies[i] = parts[i].copy();
    }
    return copies;
  }
}
