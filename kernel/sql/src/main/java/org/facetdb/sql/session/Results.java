package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.Notice;
import org.facetdb.sql.Result;
import org.facetdb.sql.ResultColumn;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/** Results that are complete when they are returned. Stateless. */
final class Results {
  private Results() {}

  /** No rows and no count. */
  static Result done(String tag) {
    return done(tag, List.of());
  }

  /** No rows and no count, and what is to be said about it. */
  static Result done(String tag, @Nullable Notice notice) {
    return done(tag, notice == null ? List.of() : List.of(notice));
  }

  static Result done(String tag, List<Notice> notices) {
    return new Complete(tag, -1, List.of(), List.of(), notices);
  }

  /** No rows, but how many were touched. */
  static Result counted(String tag, long count) {
    return new Complete(tag, count, List.of(), List.of(), List.of());
  }

  /** Rows of text. */
  static Result text(String tag, List<String> names, List<List<String>> rows) {
    List<Batch> batches = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += Batch.CAPACITY) {
      int count = Math.min(Batch.CAPACITY, rows.size() - from);
      Vector[] columns = new Vector[names.size()];
      for (int c = 0; c < columns.length; c++) {
        BytesVector values = new BytesVector(SqlType.TEXT, count);
        for (int r = 0; r < count; r++) {
          values.setString(r, rows.get(from + r).get(c));
        }
        columns[c] = values;
      }
      batches.add(new Batch(columns, count));
    }
    return new Complete(tag, -1, textColumns(names), batches, List.of());
  }

  /** Rows that are there already. */
  static Result rows(List<ResultColumn> columns, List<Batch> batches) {
    long count = 0;
    for (Batch batch : batches) {
      count += batch.selectedCount();
    }
    return new Complete("SELECT " + count, -1, columns, batches, List.of());
  }

  static List<ResultColumn> textColumns(List<String> names) {
    return names.stream()
        .map(name -> new ResultColumn(name, SqlType.TEXT, -1, -1, false, null))
        .toList();
  }

  private static final class Complete implements Result {
    private final String tag;
    private final long count;
    private final List<ResultColumn> columns;
    private final List<Batch> batches;
    private final List<Notice> notices;
    private int next;

    Complete(
        String tag,
        long count,
        List<ResultColumn> columns,
        List<Batch> batches,
        List<Notice> notices) {
      this.tag = tag;
      this.count = count;
      this.columns = columns;
      this.batches = batches;
      this.notices = notices;
    }

    @Override
    public List<ResultColumn> columns() {
      return columns;
    }

    @Override
    public @Nullable Batch nextBatch() {
      return next < batches.size() ? batches.get(next++) : null;
    }

    @Override
    public long updateCount() {
      return count;
    }

    @Override
    public String commandTag() {
      return tag;
    }

    @Override
    public List<Notice> notices() {
      return notices;
    }

    @Override
    public void close() {
      next = batches.size();
    }
  }
}
