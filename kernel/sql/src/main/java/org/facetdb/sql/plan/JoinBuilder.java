package org.facetdb.sql.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.exec.Correlate;
import org.facetdb.sql.exec.HashJoin;
import org.facetdb.sql.exec.JoinKind;
import org.facetdb.sql.exec.NestedLoopJoin;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.expr.VectorPredicate;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/**
 * Chooses how tables are joined: by looking up the right side for each row of a small left side, by
 * hashing equal keys, or by trying all pairs. Used by one thread.
 */
final class JoinBuilder {
  /** A left side is small where it has so much fewer rows than the right table. */
  private static final double LOOKUP_ADVANTAGE = 20;

  private final PhysicalBuilder builder;
  private final AccessPaths access;
  private final Expressions expressions;

  JoinBuilder(PhysicalBuilder builder, AccessPaths access, Expressions expressions) {
    this.builder = builder;
    this.access = access;
    this.expressions = expressions;
  }

  /**
   * A join's condition taken apart.
   *
   * @param rest what is left beside the equal keys
   */
  private record Parts(List<Integer> leftKeys, List<Integer> rightKeys, List<RexNode> rest) {}

  PlanNode join(Join join) {
    PlanNode left = builder.build(join.getLeft());
    JoinKind kind = kind(join.getJoinType());
    PlanNode lookup = lookup(join, left, kind);
    if (lookup != null) {
      return lookup;
    }
    PlanNode right = builder.build(join.getRight());
    Parts parts = parts(join, left, right);
    RexBuilder rex = join.getCluster().getRexBuilder();
    boolean swap =
        (kind == JoinKind.INNER || kind == JoinKind.LEFT)
            && left.rows() * 2 < right.rows()
            && !parts.leftKeys().isEmpty();
    return swap
        ? swapped(join, left, right, parts, rex)
        : hashOrLoop(left, right, kind, parts.leftKeys(), parts.rightKeys(), parts.rest(), rex);
  }

  private static JoinKind kind(JoinRelType type) {
    return switch (type) {
      case INNER -> JoinKind.INNER;
      case LEFT -> JoinKind.LEFT;
      case RIGHT -> JoinKind.RIGHT;
      case FULL -> JoinKind.FULL;
      case SEMI -> JoinKind.SEMI;
      case ANTI -> JoinKind.ANTI;
      default -> throw new IllegalStateException("no such join: " + type);
    };
  }

  private static Parts parts(Join join, PlanNode left, PlanNode right) {
    int width = left.types().size();
    Parts parts = new Parts(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (RexNode conjunct : RelOptUtil.conjunctions(join.getCondition())) {
      int[] pair = pair(conjunct, width);
      if (pair != null && sameLane(left.types().get(pair[0]), right.types().get(pair[1]))) {
        parts.leftKeys().add(pair[0]);
        parts.rightKeys().add(pair[1]);
      } else {
        parts.rest().add(conjunct);
      }
    }
    return parts;
  }

  /** The columns of an equality between the sides, {@code null} for any other condition. */
  private static int @Nullable [] pair(RexNode condition, int width) {
    if (!(condition instanceof RexCall call)
        || call.getKind() != SqlKind.EQUALS
        || !(call.getOperands().get(0) instanceof RexInputRef a)
        || !(call.getOperands().get(1) instanceof RexInputRef b)) {
      return null;
    }
    int low = Math.min(a.getIndex(), b.getIndex());
    int high = Math.max(a.getIndex(), b.getIndex());
    return low < width && high >= width ? new int[] {low, high - width} : null;
  }

  private static boolean sameLane(LogicalType left, LogicalType right) {
    TypeKind l = SqlType.require(left).kind();
    TypeKind r = SqlType.require(right).kind();
    return l == r || l.isString() && r.isString();
  }

  /** The smaller side is hashed: the left one becomes the right, and the columns go back. */
  private PlanNode swapped(Join join, PlanNode left, PlanNode right, Parts parts, RexBuilder rex) {
    int l = left.types().size();
    int r = right.types().size();
    RexShuttle move =
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            int index = reference.getIndex();
            return new RexInputRef(index < l ? index + r : index - l, reference.getType());
          }
        };
    List<RexNode> rest = parts.rest().stream().map(e -> e.accept(move)).toList();
    JoinKind kind = kind(join.getJoinType()) == JoinKind.LEFT ? JoinKind.RIGHT : JoinKind.INNER;
    PlanNode joined = hashOrLoop(right, left, kind, parts.rightKeys(), parts.leftKeys(), rest, rex);
    List<RexNode> back = new ArrayList<>();
    RelDataType row = join.getRowType();
    for (int i = 0; i < l + r; i++) {
      RelDataType type = row.getFieldList().get(i).getType();
      back.add(new RexInputRef(i < l ? i + r : i - l, type));
    }
    return builder.project(joined, back, PhysicalBuilder.types(row));
  }

  private PlanNode hashOrLoop(
      PlanNode left,
      PlanNode right,
      JoinKind kind,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      List<RexNode> rest,
      RexBuilder rex) {
    List<LogicalType> both = concat(left.types(), right.types());
    List<LogicalType> types = kind.leftOnly() ? left.types() : both;
    Supplier<VectorPredicate> condition =
        rest.isEmpty() ? null : expressions.predicate(RexUtil.composeConjunction(rex, rest), both);
    List<String> details = new ArrayList<>();
    if (!rest.isEmpty()) {
      List<String> names = new ArrayList<>(left.names());
      names.addAll(right.names());
      details.add("Join Filter: " + builder.text(names).allOf(rest));
    }
    double rows = rows(left, right, kind, !leftKeys.isEmpty());
    if (leftKeys.isEmpty()) {
      return new PlanNode(
          "Nested Loop " + title(kind),
          details,
          types,
          List.of(left, right),
          rows,
          List.of(),
          instances ->
              new NestedLoopJoin(
                  instances.apply(left),
                  instances.apply(right),
                  kind,
                  condition == null ? null : condition.get()));
    }
    int[] l = leftKeys.stream().mapToInt(Integer::intValue).toArray();
    int[] r = rightKeys.stream().mapToInt(Integer::intValue).toArray();
    details.addFirst("Hash Cond: " + hashCondition(left, right, l, r));
    return new PlanNode(
        "Hash " + title(kind),
        details,
        types,
        List.of(left, right),
        rows,
        List.of(),
        instances ->
            new HashJoin(
                instances.apply(left),
                instances.apply(right),
                kind,
                l,
                r,
                condition == null ? null : condition.get()));
  }

  private static String hashCondition(PlanNode left, PlanNode right, int[] l, int[] r) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < l.length; i++) {
      parts.add("(" + left.names().get(l[i]) + " = " + right.names().get(r[i]) + ")");
    }
    return String.join(" AND ", parts);
  }

  private static String title(JoinKind kind) {
    return switch (kind) {
      case INNER -> "Join";
      case LEFT -> "Left Join";
      case RIGHT -> "Right Join";
      case FULL -> "Full Join";
      case SEMI -> "Semi Join";
      case ANTI, NULL_AWARE_ANTI -> "Anti Join";
    };
  }

  private static double rows(PlanNode left, PlanNode right, JoinKind kind, boolean keyed) {
    double pairs = left.rows() * right.rows();
    double joined = keyed ? Math.max(left.rows(), right.rows()) : pairs;
    return switch (kind) {
      case SEMI, ANTI, NULL_AWARE_ANTI -> left.rows() / 2;
      case LEFT -> Math.max(left.rows(), joined);
      case RIGHT -> Math.max(right.rows(), joined);
      case FULL -> Math.max(left.rows() + right.rows(), joined);
      case INNER -> joined;
    };
  }

  static List<LogicalType> concat(List<LogicalType> a, List<LogicalType> b) {
    List<LogicalType> both = new ArrayList<>(a);
    both.addAll(b);
    return both;
  }

  /** A join that reads the right table by key for each row of a small left side. */
  private @Nullable PlanNode lookup(Join join, PlanNode left, JoinKind kind) {
    boolean possible =
        kind == JoinKind.INNER
            || kind == JoinKind.LEFT
            || kind == JoinKind.SEMI
            || kind == JoinKind.ANTI;
    AccessPaths.Source source = possible ? access.source(join.getRight()) : null;
    if (source == null
        || source.output() != null
        || left.rows() * LOOKUP_ADVANTAGE > source.table().getRowCount()) {
      return null;
    }
    int id = join.getCluster().createCorrel().getId();
    int width = left.types().size();
    List<RexNode> conjuncts = new ArrayList<>(source.conjuncts());
    ImmutableBitSet.Builder bound = ImmutableBitSet.builder();
    for (RexNode conjunct : RelOptUtil.conjunctions(join.getCondition())) {
      conjuncts.add(inner(join, conjunct, id, width, bound));
    }
    builder.nameOuter(id, left);
    PlanNode right = access.plan(source, conjuncts);
    boolean pinned =
        right.rows() <= Math.max(2, source.table().getRowCount() / LOOKUP_ADVANTAGE)
            && isLookup(right);
    return pinned ? correlate(left, right, id, bound.build().toArray(), kind) : null;
  }

  private static boolean isLookup(PlanNode node) {
    return node.label().startsWith("Key Lookup")
        || node.label().startsWith("Index Scan")
        || node.label().startsWith("Key Range")
        || node.inputs().size() == 1 && isLookup(node.inputs().getFirst());
  }

  /** A join condition as the right side sees it, with the left row's columns as outer values. */
  private static RexNode inner(
      Join join, RexNode condition, int id, int width, ImmutableBitSet.Builder bound) {
    RexBuilder rex = join.getCluster().getRexBuilder();
    RexNode row =
        rex.makeCorrel(
            join.getLeft().getRowType(), new org.apache.calcite.rel.core.CorrelationId(id));
    return condition.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef reference) {
            int index = reference.getIndex();
            if (index >= width) {
              return new RexInputRef(index - width, reference.getType());
            }
            bound.set(index);
            return rex.makeFieldAccess(row, index);
          }
        });
  }

  PlanNode correlate(PlanNode left, PlanNode right, int id, int[] boundColumns, JoinKind kind) {
    List<LogicalType> types = kind.leftOnly() ? left.types() : concat(left.types(), right.types());
    return new PlanNode(
        "Lookup " + title(kind),
        List.of(),
        types,
        List.of(left, right),
        left.rows() * Math.max(1, right.rows()),
        kind.leftOnly() ? left.order() : List.of(),
        instances -> {
          Supplier<Operator> inner = () -> instances.apply(right);
          return new Correlate(instances.apply(left), inner, right.types(), id, boundColumns, kind);
        });
  }
}
