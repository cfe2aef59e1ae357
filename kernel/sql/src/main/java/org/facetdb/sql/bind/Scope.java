package org.facetdb.sql.bind;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.facetdb.sql.catalog.Relation;
import org.jspecify.annotations.Nullable;

/**
 * The names that expressions over one relational input may use: the tables of a FROM clause with
 * their columns as expressions over the input's row, and through {@link OuterLink} the names of the
 * queries around it. Immutable but for the links.
 */
final class Scope {
  private final RelNode input;
  private final List<Source> sources;
  private final List<Column> visible;
  private final @Nullable OuterLink outer;
  private final List<OuterLink> links = new ArrayList<>();

  /**
   * @param input the relation whose row the expressions refer to
   * @param sources the tables by their names in the query
   * @param visible what {@code *} and unqualified names mean, in order
   */
  Scope(RelNode input, List<Source> sources, List<Column> visible, @Nullable OuterLink outer) {
    this.input = input;
    this.sources = List.copyOf(sources);
    this.visible = List.copyOf(visible);
    this.outer = outer;
  }

  /**
   * A column as an expression over the input's row.
   *
   * @param hidden true where {@code *} leaves it out
   */
  record Column(String name, RexNode expression, boolean hidden) {}

  /**
   * A table of the FROM clause.
   *
   * @param schema the schema where the name is a table's own
   * @param relation the stored table or view, if it is one
   */
  record Source(
      String alias, @Nullable String schema, @Nullable Relation relation, List<Column> columns) {
    Source {
      columns = List.copyOf(columns);
    }
  }

  RelNode input() {
    return input;
  }

  List<Source> sources() {
    return sources;
  }

  List<Column> visible() {
    return visible;
  }

  @Nullable OuterLink outer() {
    return outer;
  }

  /** A link for one more subquery beneath this scope. */
  OuterLink link(RelOptCluster cluster) {
    OuterLink link = new OuterLink(this, cluster);
    links.add(link);
    return link;
  }

  /** The correlations that subqueries of this scope use. */
  Set<CorrelationId> correlations() {
    Set<CorrelationId> ids = new HashSet<>();
    for (OuterLink link : links) {
      if (link.id() != null) {
        ids.add(link.id());
      }
    }
    return ids;
  }

  /** The columns that {@code *} stands for. */
  List<Column> star() {
    return visible.stream().filter(c -> !c.hidden()).toList();
  }

  /** The table that a qualifier names, here alone. */
  @Nullable Source source(List<String> qualifier, SourceText text, SqlNode node) {
    Source found = null;
    String name = qualifier.getLast();
    for (Source source : sources) {
      boolean matches =
          source.alias().equals(name)
              && (qualifier.size() == 1
                  || qualifier.get(qualifier.size() - 2).equals(source.schema()));
      if (matches && found != null) {
        throw text.error(node, "42P09", "table reference \"" + name + "\" is ambiguous");
      }
      if (matches) {
        found = source;
      }
    }
    return found;
  }

  /** The column that an unqualified name means, here alone. */
  @Nullable Column unqualified(String name, SourceText text, SqlParserPos position) {
    Column found = null;
    for (Column column : visible) {
      if (!column.name().equals(name)) {
        continue;
      }
      if (found != null) {
        throw text.error(position, "42702", "column reference \"" + name + "\" is ambiguous");
      }
      found = column;
    }
    return found;
  }

  /** All column names, for hints. */
  List<String> columnNames() {
    List<String> names = new ArrayList<>();
    for (Source source : sources) {
      for (Column column : source.columns()) {
        names.add(column.name());
      }
    }
    return names;
  }
}
