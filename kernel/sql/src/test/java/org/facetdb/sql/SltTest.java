package org.facetdb.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * SQL behaviour: each file of {@code slt} runs in a session on a fresh database in memory. All
 * records of a file are tried before the differences are reported.
 */
class SltTest {
  static List<String> files() throws IOException, URISyntaxException {
    try (Stream<Path> list = Files.list(folder())) {
      return list.map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(".slt"))
          .sorted()
          .toList();
    }
  }

  private static Path folder() throws URISyntaxException {
    return Path.of(SltTest.class.getResource("/slt/joins.slt").toURI()).getParent();
  }

  @ParameterizedTest
  @MethodSource("files")
  void answersAsExpected(String name) throws Exception {
    List<SltFile.Entry> entries = SltFile.read(folder().resolve(name));
    assertFalse(entries.isEmpty());
    List<String> differences = new ArrayList<>();
    SqlOptions options = SqlOptions.defaults("slt").withDurability(Durability.NONE);
    try (Store store = Stores.openInMemory(StoreOptions.defaults());
        SqlSession session = SqlDatabase.open(store, options).session("tester")) {
      for (SltFile.Entry entry : entries) {
        String difference = difference(session, entry);
        if (difference != null) {
          differences.add(name + ":" + entry.line() + ": " + entry.sql() + "\n  " + difference);
        }
      }
    }
    assertEquals(
        "",
        String.join("\n", differences),
        differences.size() + " of " + entries.size() + " records differ");
  }

  private static String difference(SqlSession session, SltFile.Entry entry) {
    List<String> rows = new ArrayList<>();
    long count;
    try (Result result = session.execute(entry.sql())) {
      Batch batch;
      while ((batch = result.nextBatch()) != null) {
        for (int k = 0; k < batch.selectedCount(); k++) {
          rows.add(line(batch, batch.row(k)));
        }
      }
      count = result.updateCount();
    } catch (DatabaseException e) {
      return entry.kind().equals("error") && entry.argument().equals(e.sqlState())
          ? null
          : "error " + e.sqlState() + " " + e.getMessage() + at(e.getCause());
    } catch (RuntimeException | Error e) {
      return e + at(e);
    }
    return switch (entry.kind()) {
      case "error" -> "no error, expected " + entry.argument();
      case "count" ->
          count == Long.parseLong(entry.argument()) ? null : "count " + count + " rows " + rows;
      case "query" -> compare(entry, rows);
      default -> null;
    };
  }

  private static String at(Throwable cause) {
    return cause == null
        ? ""
        : Stream.of(cause.getStackTrace())
            .limit(8)
            .map(frame -> "\n    at " + frame)
            .collect(Collectors.joining());
  }

  private static String compare(SltFile.Entry entry, List<String> rows) {
    List<String> expected = new ArrayList<>(entry.expected());
    if (entry.argument().equals("sort")) {
      Collections.sort(rows);
      Collections.sort(expected);
    }
    return rows.equals(expected) ? null : "expected " + expected + "\n  actual   " + rows;
  }

  private static String line(Batch batch, int row) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < batch.columnCount(); c++) {
      if (c > 0) {
        line.append('|');
      }
      String text = batch.column(c).type().formatAt(batch.column(c), row);
      line.append(text == null ? "NULL" : text);
    }
    return line.isEmpty() ? "(empty)" : line.toString();
  }
}
