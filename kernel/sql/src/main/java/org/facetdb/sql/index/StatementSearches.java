package org.facetdb.sql.index;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.exec.SearchAccess;
import org.facetdb.sql.extension.Faults;
import org.facetdb.sql.extension.RegisteredMethod;

/**
 * What one execution evaluates with plug-ins' indexes: a view of each, kept until the end. Used by
 * the executing thread.
 */
public final class StatementSearches implements SearchAccess, AutoCloseable {
  private final IndexManager manager;
  private final Map<Integer, IndexSearch> open = new HashMap<>();
  private final Map<Integer, Map<List<SearchClause>, Evaluator>> evaluators = new HashMap<>();
  private final List<List<SearchClause>> registered = new ArrayList<>();

  public StatementSearches(IndexManager manager) {
    this.manager = manager;
  }

  IndexManager manager() {
    return manager;
  }

  private IndexSearch search(int indexId) {
    IndexSearch known = open.get(indexId);
    if (known == null) {
      known = find(indexId);
      open.put(indexId, known);
    }
    return known;
  }

  /** A view for statistics: what is published, else an empty index of the same shape. */
  private IndexSearch find(int indexId) {
    IndexHandle handle = manager.handle(indexId);
    if (handle == null) {
      throw DatabaseException.user("42704", "the index was dropped: id=" + indexId);
    }
    IndexHandle.Running running = handle.running();
    IndexSearch search = running == null ? null : running.generation().search();
    if (search != null) {
      return search;
    }
    RegisteredMethod method = manager.method(handle.definition().method());
    if (method == null) {
      throw Faults.absent("index \"" + handle.name() + "\"", handle.definition().extension());
    }
    IndexGeneration empty = manager.factory().evaluator(handle, method);
    try {
      IndexSearch evaluating = empty.search();
      if (evaluating == null) {
        throw Faults.absent("index \"" + handle.name() + "\"", handle.definition().extension());
      }
      return evaluating;
    } finally {
      empty.leases().leave();
    }
  }

  @Override
  public Evaluator evaluator(int indexId, List<SearchClause> clauses) {
    IndexSearch search = search(indexId);
    Evaluator body =
        evaluators
            .computeIfAbsent(indexId, _ -> new HashMap<>())
            .computeIfAbsent(clauses, c -> Calls.get(search, () -> search.view().evaluator(c)));
    return (rows, count, matches, scores) ->
        Calls.run(search, () -> body.evaluate(rows, count, matches, scores));
  }

  @Override
  public PreparedRow prepare(int indexId, Batch values, int row) {
    IndexSearch search = search(indexId);
    return Calls.get(search, () -> search.generation().index().prepare(values, row));
  }

  @Override
  public void render(
      int indexId,
      SearchFunction.Rendering function,
      List<SearchClause> clauses,
      int column,
      Vector values,
      Vector[] arguments,
      int[] rows,
      int count,
      Vector result) {
    IndexSearch search = search(indexId);
    Calls.run(
        search,
        () ->
            search
                .view()
                .render(function, clauses, column, values, arguments, rows, count, result));
  }

  @Override
  public long register(List<SearchClause> clauses) {
    registered.add(clauses);
    return registered.size() - 1L;
  }

  @Override
  public List<SearchClause> registered(long number) {
    return registered.get((int) number);
  }

  @Override
  public void close() {
    open.values().forEach(IndexSearch::close);
    open.clear();
    evaluators.clear();
  }
}
