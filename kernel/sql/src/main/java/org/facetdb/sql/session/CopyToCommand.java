package org.facetdb.sql.session;

import java.io.IOException;
import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.Result;
import org.facetdb.sql.ResultColumn;
import org.facetdb.sql.copy.CopyFiles;
import org.facetdb.sql.copy.CopyFormat;
import org.facetdb.sql.copy.RecordWriter;
import org.facetdb.sql.exec.Operator;
import org.facetdb.sql.plan.QueryPlan;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/** COPY TO a file. */
final class CopyToCommand implements Command {
  private final QueryPlan plan;
  private final String file;
  private final CopyFormat format;

  CopyToCommand(QueryPlan plan, String file, CopyFormat format) {
    this.plan = plan;
    this.file = file;
    this.format = format;
  }

  @Override
  public List<LogicalType> parameterTypes() {
    return plan.parameterTypes();
  }

  @Override
  public boolean reusable() {
    return plan.reusable();
  }

  @Override
  public boolean writes() {
    return false;
  }

  @Override
  public String name() {
    return "COPY";
  }

  @Override
  public Result run(Execution execution) {
    List<String> names = plan.columns().stream().map(ResultColumn::name).toList();
    long count = 0;
    try (execution;
        Operator rows = plan.instantiate();
        RecordWriter out = CopyFiles.writer(file, format, names, bare())) {
      if (format.header()) {
        out.header(names);
      }
      rows.open(execution.context());
      for (Batch batch = rows.next(); batch != null; batch = rows.next()) {
        execution.context().checkCancelled();
        write(batch, out);
        count += batch.selectedCount();
      }
    } catch (IOException e) {
      throw CopyFiles.failure("could not write to file \"" + file + "\"", e);
    }
    return Results.counted("COPY " + count, count);
  }

  private void write(Batch batch, RecordWriter out) throws IOException {
    int width = plan.columns().size();
    @Nullable String[] fields = new String[width];
    for (int k = 0; k < batch.selectedCount(); k++) {
      int row = batch.row(k);
      for (int i = 0; i < width; i++) {
        String text = batch.column(i).type().formatAt(batch.column(i), row);
        fields[i] = text != null && isJsonBoolean(i) ? (text.equals("t") ? "true" : "false") : text;
      }
      out.write(fields);
    }
  }

  private boolean isJsonBoolean(int column) {
    return format.kind() == CopyFormat.Kind.JSON
        && plan.columns().get(column).type().equals(SqlType.BOOLEAN);
  }

  private boolean[] bare() {
    boolean[] bare = new boolean[plan.columns().size()];
    for (int i = 0; i < bare.length; i++) {
      bare[i] =
          plan.columns().get(i).type() instanceof SqlType type
              && (type.kind().isNumber()
                  || type.kind() == TypeKind.BOOLEAN
                  || type.kind() == TypeKind.JSON);
    }
    return bare;
  }
}
