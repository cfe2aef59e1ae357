package org.facetdb.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A test file: records between blank lines. {@code statement ok}, {@code statement count N} and
 * {@code statement error SQLSTATE} are followed by a statement; {@code query [sort]} by a query,
 * {@code ----} and its rows, columns between bars, NULL for a null, {@code (empty)} for an empty
 * line. {@code sort} compares rows in any order. Lines that begin with # are comments.
 */
final class SltFile {
  private SltFile() {}

  /** One record; {@code expected} are a query's rows. */
  record Entry(int line, String kind, String argument, String sql, List<String> expected) {}

  static List<Entry> read(Path file) throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<String> block = new ArrayList<>();
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.add("");
    int start = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("#")) {
        continue;
      }
      if (!line.isBlank()) {
        if (block.isEmpty()) {
          start = i + 1;
        }
        block.add(line);
      } else if (!block.isEmpty()) {
        entries.add(entry(start, block));
        block.clear();
      }
    }
    return entries;
  }

  private static Entry entry(int line, List<String> block) {
    String[] head = block.getFirst().split(" ");
    int separator = block.indexOf("----");
    int end = separator < 0 ? block.size() : separator;
    String sql = String.join("\n", block.subList(1, end));
    List<String> rows =
        separator < 0 ? List.of() : List.copyOf(block.subList(separator + 1, block.size()));
    String kind = head[0].equals("statement") ? head[1] : head[0];
    String argument = head.length < 2 ? "" : head[head.length - 1];
    return new Entry(line, kind, argument, sql, rows);
  }
}
