package org.facetdb.benchmarks;

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
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FtsTest {
  private static final String SENTENCE =
      "The reader of this text is told that the words are for a test and with no other use. ";

  @TempDir private Path folder;

  @Test
  void markupIsTakenAway() {
    assertEquals(
        " a b  <c>  ",
        PlainText.withoutTags(
            "<head><title>x</title></head>a<b\n>b</b> &lt;c&gt;<!-- d > e -->"
                + "<script>if (1 < 2) f()</script>"));
    assertEquals(
        " NAME\nls - list\n\n it\n",
        PlainText.withoutMacros(".SH NAME\nls \\- \\fBlist\\fR\n.\\\" note\n.I it\n"));
  }

  @Test
  void passagesEndAtSpaces() {
    List<String> passages = Passages.cut(SENTENCE.repeat(30));
    assertEquals(SENTENCE.repeat(30).strip(), String.join(" ", passages));
    assertTrue(
        passages.stream().allMatch(passage -> passage.length() <= 1_000), passages.toString());
    assertTrue(Passages.isEnglish(passages.getFirst()));
    assertFalse(Passages.isEnglish("0x1234 |=====| ".repeat(60)));
  }

  @Test
  void filesAreReadOnceWhateverTheirForm() throws IOException {
    Files.writeString(folder.resolve("one.txt"), SENTENCE.repeat(20));
    Files.writeString(folder.resolve("same.html"), "<p>" + SENTENCE.repeat(20) + "</p>");
    Files.writeString(folder.resolve("program.js"), SENTENCE.repeat(20));
    try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("other.1.gz")))) {
      out.write((".SH X\nAnother " + SENTENCE.repeat(20)).getBytes());
    }
    assertNull(PlainText.read(folder.resolve("program.js")));
    Passages passages = Passages.read(List.of(folder), Long.MAX_VALUE);
    assertEquals(4, passages.texts().size(), passages.toString());
  }

  @Test
  void tooLittleTextIsRefusedWithTheNamesOfPackages() {
    FtsBenchmark benchmark =
        new FtsBenchmark(
            new FtsBenchmark.Plan(List.of(folder), 1 << 20, 1 << 20, 1, 1, 1), folder, System.out);
    IOException refused =
        assertThrows(IOException.class, () -> benchmark.run(metric -> assertNull(metric)));
    assertTrue(refused.getMessage().contains("linux-doc"), refused.getMessage());
  }

  @Test
  void queriesAreMadeOfWordsOfAllFrequencies() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder("common frequent");
      text.append(i % 20 == 0 ? " often seen" : "");
      text.append(i % 100 == 0 ? " medium height" : "");
      text.append(i % 2_000 < 2 ? " lonely" : "");
      texts.add(text.toString());
    }
    assertThrows(IllegalArgumentException.class, () -> new TextQueries(texts));
    for (int i = 0; i < 8_000; i++) {
      texts.add(i % 1_300 == 0 ? "rarely" : "frequent");
    }
    TextQueries queries = new TextQueries(texts);
    List<String> all = queries.any(2);
    assertEquals(TextQueries.COUNT, all.size());
    String text = String.join(" ", all);
    assertTrue(text.contains("often") && text.contains("rarely"), text);
    assertEquals(all, new TextQueries(texts).any(2));
    assertTrue(queries.phrases().contains("\"often seen\""));
    assertTrue(queries.both().contains("+seen +often"));
  }
}
