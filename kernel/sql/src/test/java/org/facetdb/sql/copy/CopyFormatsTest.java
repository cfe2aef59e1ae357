package org.facetdb.sql.copy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyFormatsTest {
  private static final long SEED = Long.getLong("facetdb.seed", System.nanoTime());

  @TempDir Path directory;

  private static CopyFormat format(String... pairs) {
    CopyFormat.Builder builder = new CopyFormat.Builder();
    for (int i = 0; i < pairs.length; i += 2) {
      builder.option(pairs[i], pairs[i + 1]);
    }
    return builder.build();
  }

  private List<@Nullable String[]> read(CopyFormat format, String text, String... names)
      throws IOException {
    Path file = directory.resolve("in");
    Files.writeString(file, text);
    List<@Nullable String[]> records = new ArrayList<>();
    try (RecordReader reader = CopyFiles.reader(file.toString(), format, List.of(names))) {
      while (reader.next()) {
        String[] record = new String[reader.size()];
        for (int i = 0; i < record.length; i++) {
          record[i] = reader.field(i);
        }
        records.add(record);
      }
    }
    return records;
  }

  @Test
  void whatIsWrittenReadsBackInEveryFormat() throws IOException {
    Random random = new Random(SEED);
    String alphabet = "ab,;\"'\\\t\n\r|é😀N.";
    List<CopyFormat> formats =
        List.of(
            format("format", "csv"),
            format("format", "csv", "delimiter", ";", "quote", "'", "null", "NULL"),
            format("format", "text"),
            format("format", "text", "delimiter", "|", "null", "-"),
            format("format", "json"));
    for (CopyFormat format : formats) {
      List<@Nullable String[]> records = new ArrayList<>();
      for (int r = 0; r < 300; r++) {
        String[] record = new String[3];
        for (int i = 0; i < 3; i++) {
          StringBuilder text = new StringBuilder();
          int[] points = alphabet.codePoints().toArray();
          for (int k = random.nextInt(6); k > 0; k--) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
          }
          record[i] = random.nextInt(5) == 0 ? null : text.toString();
        }
        records.add(record);
      }
      Path file = directory.resolve("out");
      List<String> names = List.of("x", "y", "z");
      try (RecordWriter writer = CopyFiles.writer(file.toString(), format, names, new boolean[3])) {
        for (String[] record : records) {
          writer.write(record);
        }
      }
      int at = 0;
      try (RecordReader reader = CopyFiles.reader(file.toString(), format, names)) {
        for (; reader.next(); at++) {
          String[] found = {reader.field(0), reader.field(1), reader.field(2)};
          assertArrayEquals(records.get(at), found, format + " row=" + at + " seed=" + SEED);
        }
      }
      assertEquals(records.size(), at);
    }
  }

  @Test
  void csvTellsNullFromEmptyAndKeepsLinesInQuotes() throws IOException {
    List<@Nullable String[]> records =
        read(format("format", "csv"), "1,,\"\"\r\n\"a\nb\",\"c\"\"d\",e\"f,g\"\n");
    assertArrayEquals(new String[] {"1", null, ""}, records.get(0));
    assertArrayEquals(new String[] {"a\nb", "c\"d", "ef,g"}, records.get(1));
  }

  @Test
  void csvSaysWhereAQuoteWasLeftOpen() throws IOException {
    Path file = directory.resolve("open.csv");
    Files.writeString(file, "a,b\n1,2\n3,\"4\n5,6\n");
    try (RecordReader reader =
        CopyFiles.reader(file.toString(), format("format", "csv"), List.of("a", "b"))) {
      assertTrue(reader.next());
      assertTrue(reader.next());
      DatabaseException e = assertThrows(DatabaseException.class, reader::next);
      assertEquals("22P04", e.sqlState());
      assertEquals(3, reader.line());
    }
  }

  @Test
  void textKnowsItsEscapesAndItsEnd() throws IOException {
    List<@Nullable String[]> records =
        read(format(), "a\\tb\t\\N\t\\\\N\tA\\x41\\101\n\\.\nignored\n");
    assertEquals(1, records.size());
    assertArrayEquals(new String[] {"a\tb", null, "\\N", "AAA"}, records.get(0));
  }

  @Test
  void jsonLinesTakeKeysInAnyOrderAndNestedValuesAsText() throws IOException {
    List<@Nullable String[]> records =
        read(
            format("format", "json"),
            "{\"b\": 1.50, \"a\": \"x\"}\n\n{\"a\": null, \"c\": {\"k\": [1, true]}}\n",
            "a",
            "b",
            "c");
    assertArrayEquals(new String[] {"x", "1.50", null}, records.get(0));
    assertNull(records.get(1)[0]);
    assertEquals("{\"k\": [1, true]}", records.get(1)[2]);
  }

  @Test
  void jsonLinesRefuseUnknownKeysAndBrokenLines() {
    CopyFormat json = format("format", "json");
    for (String line : List.of("{\"x\": 1}", "[1]", "{\"a\": 1", "{\"a\": 1} 2")) {
      DatabaseException e =
          assertThrows(DatabaseException.class, () -> read(json, line + "\n", "a"), line);
      assertEquals("22P04", e.sqlState());
    }
  }

  @Test
  void bytesThatAreNoUtf8AreRefused() throws IOException {
    Path file = directory.resolve("latin1");
    Files.write(file, new byte[] {'a', (byte) 0xe9, 'b'});
    DatabaseException e =
        assertThrows(
            DatabaseException.class,
            () -> CopyFiles.reader(file.toString(), format("format", "csv"), List.of()).next());
    assertEquals("22021", e.sqlState());
  }

  @Test
  void aMissingFileAndBadOptionsAreUserErrors() {
    DatabaseException e =
        assertThrows(
            DatabaseException.class,
            () -> CopyFiles.reader(directory + "/none", format(), List.of()));
    assertEquals("58P01", e.sqlState());
    assertFalse(e.getMessage().isEmpty());
    assertThrows(DatabaseException.class, () -> format("delimiter", "ab"));
    assertThrows(DatabaseException.class, () -> format("quote", "'"));
    assertThrows(DatabaseException.class, () -> format("colour", "red"));
  }
}
