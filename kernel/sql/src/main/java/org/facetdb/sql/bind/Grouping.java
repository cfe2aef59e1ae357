package org.facetdb.sql.bind;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.util.ImmutableBitSet;

/** The keys and grouping sets of one GROUP BY clause. Used by one thread. */
final class Grouping {
  private static final int MAX_SETS = 4096;

  private final Binder binder;
  private final Scope scope;
  private final List<RexNode> keys = new ArrayList<>();
  private List<ImmutableBitSet> sets = new ArrayList<>(List.of(ImmutableBitSet.of()));

  Grouping(Binder binder, Scope scope) {
    this.binder = binder;
    this.scope = scope;
  }

  void bind(SqlNodeList items, Function<SqlNode, RexNode> expressions) {
    for (SqlNode item : items) {
      List<ImmutableBitSet> own = sets(item, expressions);
      Set<ImmutableBitSet> product = new LinkedHashSet<>();
      for (ImmutableBitSet a : sets) {
        own.forEach(b -> product.add(a.union(b)));
      }
      if (product.size() > MAX_SETS) {
        throw binder
            .text()
            .error(item, "54001", "too many grouping sets present (maximum " + MAX_SETS + ")");
      }
      sets = new ArrayList<>(product);
    }
  }

  private List<ImmutableBitSet> sets(SqlNode item, Function<SqlNode, RexNode> expressions) {
    return switch (item.getKind()) {
      case GROUPING_SETS -> {
        List<ImmutableBitSet> result = new ArrayList<>();
        ((SqlCall) item).getOperandList().forEach(o -> result.addAll(sets(o, expressions)));
        yield result;
      }
      case ROLLUP -> rollup(parts(item, expressions));
      case CUBE -> cube(parts(item, expressions));
      default -> List.of(set(item, expressions));
    };
  }

  private List<ImmutableBitSet> parts(SqlNode item, Function<SqlNode, RexNode> expressions) {
    return ((SqlCall) item).getOperandList().stream().map(o -> set(o, expressions)).toList();
  }

  private ImmutableBitSet set(SqlNode item, Function<SqlNode, RexNode> expressions) {
    List<? extends SqlNode> cells;
    if (item.getKind() == SqlKind.ROW) {
      cells = ((SqlCall) item).getOperandList();
    } else if (item instanceof SqlNodeList list) {
      cells = list.getList();
    } else {
      cells = List.of(item);
    }
    ImmutableBitSet.Builder result = ImmutableBitSet.builder();
    for (SqlNode cell : cells) {
      RexNode key = expressions.apply(cell);
      result.set(index(binder.coercion().isUnknown(key) ? binder.coercion().asText(key) : key));
    }
    return result.build();
  }

  private int index(RexNode key) {
    int index = keys.indexOf(key);
    if (index < 0) {
      index = keys.size();
      keys.add(key);
    }
    return index;
  }

  private static List<ImmutableBitSet> rollup(List<ImmutableBitSet> parts) {
    List<ImmutableBitSet> result = new ArrayList<>();
    for (int n = parts.size(); n >= 0; n--) {
      result.add(ImmutableBitSet.union(parts.subList(0, n)));
    }
    return result;
  }

  private List<ImmutableBitSet> cube(List<ImmutableBitSet> parts) {
    if (parts.size() > 12) {
      throw binder.text().error((SqlNode) null, "54001", "CUBE is limited to 12 elements");
    }
    List<ImmutableBitSet> result = new ArrayList<>();
    for (int mask = (1 << parts.size()) - 1; mask >= 0; mask--) {
      ImmutableBitSet set = ImmutableBitSet.of();
      for (int i = 0; i < parts.size(); i++) {
        set = (mask & (1 << i)) != 0 ? set.union(parts.get(i)) : set;
      }
      result.add(set);
    }
    return result;
  }

  /** Prepares the aggregate over an input. */
  AggregateRewriter aggregate(RelNode input, AggregateCollector aggregates) {
    return new AggregateRewriter(binder, scope, input, keys, sets, aggregates);
  }
}
