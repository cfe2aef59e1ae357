package org.facetdb.cli.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a sqllogictest file into records. Used by one thread. */
final class SqlLogicParser {
  private static final String DIALECT = "postgresql";

  private final Path file;
  private final List<String> lines;
  private final List<SqlLogicRecord> records = new ArrayList<>();
  private int at;

  private SqlLogicParser(Path file) throws IOException {
    this.file = file;
    this.lines = Files.readAllLines(file);
  }

  static List<SqlLogicRecord> parse(Path file) throws IOException {
    SqlLogicParser parser = new SqlLogicParser(file);
    parser.run();
    return parser.records;
  }

  private void run() throws IOException {
    @Nullable String skip = null;
    while (at < lines.size()) {
      String line = lines.get(at).strip();
      int number = at + 1;
      if (line.isEmpty() || line.startsWith("#")) {
        at++;
        continue;
      }
      String[] words = withoutComment(line).split("\\s+");
      switch (words[0].toLowerCase(Locale.ROOT)) {
        case "skipif" -> {
          at++;
          if (words[1].equals(DIALECT)) {
            skip = line;
          }
        }
        case "onlyif" -> {
          at++;
          if (!words[1].equals(DIALECT)) {
            skip = line;
          }
        }
        case "hash-threshold" -> at++;
        case "halt" -> {
          at++;
          records.add(new SqlLogicRecord.Halt(number, skip));
          skip = null;
        }
        case "statement" -> {
          at++;
          records.add(new SqlLogicRecord.Statement(number, skip, sql(), words[1].equals("error")));
          skip = null;
        }
        case "query" -> {
          at++;
          records.add(query(number, skip, words));
          skip = null;
        }
        default ->
            throw new IOException(
                "unknown directive: file=" + file + " line=" + number + ": " + line);
      }
    }
  }

  private static String withoutComment(String line) {
    int comment = line.indexOf('#');
    return comment < 0 ? line : line.substring(0, comment).strip();
  }

  private SqlLogicRecord.Query query(int number, @Nullable String skip, String[] words) {
    String types = words.length > 1 ? words[1] : "";
    SqlLogicRecord.Sort sort = SqlLogicRecord.Sort.NOSORT;
    @Nullable String label = null;
    for (int i = 2; i < words.length; i++) {
      switch (words[i]) {
        case "nosort" -> sort = SqlLogicRecord.Sort.NOSORT;
        case "rowsort" -> sort = SqlLogicRecord.Sort.ROWSORT;
        case "valuesort" -> sort = SqlLogicRecord.Sort.VALUESORT;
        default -> label = words[i];
      }
    }
    String sql = sql();
    List<String> expected = new ArrayList<>();
    if (at < lines.size() && lines.get(at).startsWith("----")) {
      at++;
      while (at < lines.size() && !lines.get(at).isEmpty()) {
        expected.add(lines.get(at++));
      }
    }
    return new SqlLogicRecord.Query(number, skip, sql, types, sort, label, expected);
  }

  private String sql() {
    StringBuilder text = new StringBuilder();
    while (at < lines.size() && !lines.get(at).isEmpty() && !lines.get(at).startsWith("----")) {
      text.append(text.isEmpty() ? "" : "\n").append(lines.get(at++));
    }
    return text.toString();
  }
}
