package org.facetdb.sql.bind;

import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.jspecify.annotations.Nullable;

/**
 * A bound query: its relation, with the names of its columns as PostgreSQL gives them.
 *
 * @param names may repeat, unlike those of the relation's row type
 * @param tables per column the table it comes from unchanged, or {@code null}
 */
public record Bound(RelNode rel, List<String> names, List<@Nullable String> tables) {
  Bound withRel(RelNode other) {
    return new Bound(other, names, tables);
  }
}
