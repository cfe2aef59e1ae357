package org.facetdb.sql.session;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.Result;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.copy.CopyFiles;
import org.facetdb.sql.copy.CopyFormat;
import org.facetdb.sql.copy.RecordReader;
import org.facetdb.sql.dml.StatementWriter;
import org.facetdb.sql.expr.VectorExpression;
import org.facetdb.sql.plan.Planner;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.lock.LockMode;
import org.jspecify.annotations.Nullable;

/**
 * COPY FROM a file. A line that can't be read or stored fails the statement, which says file, line,
 * column and reason, and nothing is loaded.
 */
final class CopyFromCommand implements Command {
  private final Target target;
  private final List<Integer> columns;
  private final @Nullable VectorExpression[] defaults;
  private final String file;
  private final CopyFormat format;

  private CopyFromCommand(
      Target target,
      List<Integer> columns,
      @Nullable VectorExpression[] defaults,
      String file,
      CopyFormat format) {
    this.target = target;
    this.columns = columns;
    this.defaults = defaults;
    this.file = file;
    this.format = format;
  }

  static CopyFromCommand bind(
      Execution execution,
      String sql,
      Target target,
      List<Integer> columns,
      String file,
      CopyFormat format) {
    VectorExpression[] defaults = new VectorExpression[target.table().columns().size()];
    for (int i = 0; i < defaults.length; i++) {
      Planner.Scalar value =
          columns.contains(i) ? null : target.compileDefault(i, execution.planContext(sql));
      if (value != null) {
        defaults[i] = value.expression();
      }
    }
    return new CopyFromCommand(target, columns, defaults, file, format);
  }

  @Override
  public Map<Integer, LockMode> locks() {
    return target.locks();
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public String name() {
    return "COPY FROM";
  }

  @Override
  public Result run(Execution execution) {
    List<String> names = columns.stream().map(c -> target.table().columns().get(c).name()).toList();
    long count = 0;
    try (RecordReader reader = CopyFiles.reader(file, format, names)) {
      StatementWriter writer = target.open(execution);
      readHeader(reader, names);
      Chunk chunk = new Chunk();
      while (advance(reader)) {
        chunk.add(reader);
        if (chunk.count == Batch.CAPACITY) {
          execution.context().checkCancelled();
          store(chunk, writer, execution);
          count += chunk.count;
          chunk = new Chunk();
        }
      }
      store(chunk, writer, execution);
      count += chunk.count;
      finish(writer);
      execution.kernel().rowCounts().add(target.table(), count);
    } catch (IOException e) {
      throw CopyFiles.failure("could not read from file \"" + file + "\"", e);
    }
    return Results.counted("COPY " + count, count);
  }

  private void finish(StatementWriter writer) {
    try {
      writer.finish();
    } catch (DatabaseException e) {
      throw located(e, "file \"" + file + "\"");
    }
  }

  private boolean advance(RecordReader reader) throws IOException {
    try {
      return reader.next();
    } catch (DatabaseException e) {
      throw at(e, reader.line(), null);
    }
  }

  private void readHeader(RecordReader reader, List<String> names) throws IOException {
    if (!format.header() || format.kind() == CopyFormat.Kind.JSON || !advance(reader)) {
      return;
    }
    if (format.matchHeader()) {
      List<@Nullable String> found = new ArrayList<>();
      for (int i = 0; i < reader.size(); i++) {
        found.add(reader.field(i));
      }
      if (!found.equals(names)) {
        throw at(
            DatabaseException.user(
                "22P04", "header does not match: expected=" + names + " found=" + found),
            reader.line(),
            null);
      }
    }
  }

  private DatabaseException at(DatabaseException e, long line, @Nullable String column) {
    String place = "file \"" + file + "\", line " + line;
    return located(e, column == null ? place : place + ", column " + column);
  }

  private static DatabaseException located(DatabaseException e, String place) {
    return new DatabaseException(
        e.sqlState(), e.category(), place + ": " + e.getMessage(), e.detail(), e.hint(), 0, e);
  }

  /** Stores a chunk; if a row of it is refused, finds its line by storing them one by one. */
  private void store(Chunk chunk, StatementWriter writer, Execution execution) {
    if (chunk.count == 0) {
      return;
    }
    Batch rows = chunk.batch(execution);
    Transaction transaction = execution.transaction().transaction();
    int mark = transaction.savepoint();
    try {
      writer.insert(target.table(), rows);
    } catch (DatabaseException e) {
      transaction.rollbackTo(mark);
      for (int i = 0; i < chunk.count; i++) {
        rows.setSelection(new int[] {i}, 1);
        try {
          writer.insert(target.table(), rows);
        } catch (DatabaseException ofRow) {
          throw at(ofRow, chunk.lines[i], null);
        }
      }
      throw e;
    }
  }

  /** Up to a batch of parsed lines. */
  private final class Chunk {
    private final Vector[] values = new Vector[columns.size()];
    private final long[] lines = new long[Batch.CAPACITY];
    private int count;

    Chunk() {
      for (int i = 0; i < values.length; i++) {
        values[i] = Vector.create(column(i).type());
      }
    }

    private ColumnDefinition column(int i) {
      return target.table().columns().get(columns.get(i));
    }

    void add(RecordReader reader) {
      lines[count] = reader.line();
      int width = reader.size();
      for (int i = 0; i < values.length; i++) {
        if (i >= width) {
          throw at(
              DatabaseException.user(
                  "22P04", "missing data for column \"" + column(i).name() + "\""),
              reader.line(),
              column(i).name());
        }
        String text = reader.field(i);
        if (text == null) {
          values[i].setNull(count);
          continue;
        }
        try {
          values[i].type().parseInto(text, values[i], count);
        } catch (DatabaseException e) {
          throw at(e, reader.line(), column(i).name());
        }
      }
      if (width > values.length) {
        throw at(
            DatabaseException.user("22P04", "extra data after last expected column"),
            reader.line(),
            null);
      }
      count++;
    }

    Batch batch(Execution execution) {
      Vector[] all = new Vector[defaults.length];
      Batch none = new Batch(new Vector[0], count);
      for (int column = 0; column < all.length; column++) {
        int given = columns.indexOf(column);
        VectorExpression fallback = defaults[column];
        if (given >= 0) {
          all[column] = values[given];
        } else if (fallback != null) {
          all[column] = fallback.evaluate(none, execution.context());
        } else {
          all[column] = RowSets.nulls(target.table().columns().get(column).type(), count);
        }
      }
      return new Batch(all, count);
    }
  }
}
