package org.facetdb.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.jspecify.annotations.Nullable;

/** Prints result sets. Holds at most {@link #ALIGNED_ROWS} rows at a time. */
final class ResultPrinter {
  /** Rows whose widths are looked at together; later rows are aligned among themselves. */
  private static final int ALIGNED_ROWS = 10_000;

  private static final JsonFactory JSON = new JsonFactory();

  private final PrintWriter out;
  private final ResultFormat format;

  ResultPrinter(PrintWriter out, ResultFormat format) {
    this.out = out;
    this.format = format;
  }

  /**
   * Prints all rows.
   *
   * @return how many there were
   */
  long print(ResultSet rows) throws SQLException, IOException {
    return switch (format) {
      case TABLE -> table(rows);
      case CSV -> csv(rows);
      case JSON -> json(rows);
      case LINE -> lines(rows);
    };
  }

  private long table(ResultSet rows) throws SQLException {
    ResultSetMetaData metadata = rows.getMetaData();
    int columns = metadata.getColumnCount();
    boolean[] right = new boolean[columns];
    for (int c = 0; c < columns; c++) {
      right[c] = isNumber(metadata.getColumnType(c + 1));
    }
    TextTable table = new TextTable(out, labels(metadata), right);
    List<@Nullable String[]> chunk = new ArrayList<>();
    boolean more = rows.next();
    do {
      chunk.clear();
      while (more && chunk.size() < ALIGNED_ROWS) {
        @Nullable String[] row = new String[columns];
        for (int c = 0; c < columns; c++) {
          row[c] = rows.getString(c + 1);
        }
        chunk.add(row);
        more = rows.next();
      }
      table.print(chunk);
    } while (more);
    return table.end();
  }

  private static String[] labels(ResultSetMetaData metadata) throws SQLException {
    String[] labels = new String[metadata.getColumnCount()];
    for (int c = 0; c < labels.length; c++) {
      labels[c] = metadata.getColumnLabel(c + 1);
    }
    return labels;
  }

  private long csv(ResultSet rows) throws SQLException, IOException {
    ResultSetMetaData metadata = rows.getMetaData();
    int columns = metadata.getColumnCount();
    long count = 0;
    // Not closed: that would close the caller's writer.
    CSVPrinter printer =
        new CSVPrinter(
            out, CSVFormat.DEFAULT.builder().setNullString("").setRecordSeparator('\n').get());
    for (int c = 1; c <= columns; c++) {
      printer.print(metadata.getColumnLabel(c));
    }
    printer.println();
    while (rows.next()) {
      for (int c = 1; c <= columns; c++) {
        printer.print(rows.getString(c));
      }
      printer.println();
      count++;
    }
    return count;
  }

  private long json(ResultSet rows) throws SQLException, IOException {
    ResultSetMetaData metadata = rows.getMetaData();
    long count = 0;
    out.print("[");
    while (rows.next()) {
      StringWriter line = new StringWriter();
      try (JsonGenerator generator = JSON.createGenerator(line)) {
        generator.writeStartObject();
        for (int c = 1; c <= metadata.getColumnCount(); c++) {
          generator.writeFieldName(metadata.getColumnLabel(c));
          value(generator, rows.getString(c), metadata.getColumnType(c));
        }
        generator.writeEndObject();
      }
      out.print(count++ == 0 ? "\n  " : ",\n  ");
      out.print(line);
    }
    out.println(count == 0 ? "]" : "\n]");
    return count;
  }

  private static void value(JsonGenerator generator, @Nullable String text, int type)
      throws IOException {
    if (text == null) {
      generator.writeNull();
    } else if (type == Types.BOOLEAN || type == Types.BIT) {
      generator.writeBoolean(text.startsWith("t") || text.equals("1"));
    } else if (isNumber(type) && !text.contains("N") && !text.contains("I")) {
      generator.writeNumber(text); // NaN and Infinity have no number in JSON
    } else {
      generator.writeString(text);
    }
  }

  private long lines(ResultSet rows) throws SQLException {
    ResultSetMetaData metadata = rows.getMetaData();
    int columns = metadata.getColumnCount();
    int widest = 0;
    for (int c = 1; c <= columns; c++) {
      widest = Math.max(widest, TextTable.width(metadata.getColumnLabel(c)));
    }
    long count = 0;
    while (rows.next()) {
      out.println("-[ RECORD " + ++count + " ]-");
      for (int c = 1; c <= columns; c++) {
        String name = metadata.getColumnLabel(c);
        String value = rows.getString(c);
        out.println(
            name
                + " ".repeat(widest - TextTable.width(name))
                + " | "
                + (value == null ? "" : value));
      }
    }
    out.println(count == 1 ? "(1 row)" : "(" + count + " rows)");
    return count;
  }

  private static boolean isNumber(int type) {
    return switch (type) {
      case Types.TINYINT,
          Types.SMALLINT,
          Types.INTEGER,
          Types.BIGINT,
          Types.REAL,
          Types.FLOAT,
          Types.DOUBLE,
          Types.NUMERIC,
          Types.DECIMAL ->
          true;
      default -> false;
    };
  }
}
