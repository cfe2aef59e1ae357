package org.facetdb.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * English text in passages of about a thousand characters, each once. Immutable.
 *
 * @param bytes of all passages together
 */
record Passages(List<String> texts, long bytes) {
  private static final int CHARS = 1_000;
  private static final int CHARS_MIN = 200;

  /** Of a passage's characters, at least this share are letters or spaces: the rest is tables. */
  private static final double PROSE_MIN = 0.8;

  /** Of a passage's words, at least this share are among the most frequent English ones. */
  private static final double ENGLISH_MIN = 0.08;

  private static final Set<String> FREQUENT =
      Set.of("the", "of", "to", "and", "is", "in", "a", "for", "that", "are", "this", "be", "with");

  /**
   * Reads the documentation in folders until there is enough of it. Files come in an order that
   * mixes the packages and is the same in each run.
   *
   * @param bytesMax ends the reading
   */
  static Passages read(List<Path> folders, long bytesMax) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        try (var walk = Files.walk(folder)) {
          walk.filter(file -> Files.isRegularFile(file) && !isTranslation(file))
              .forEach(files::add);
        } catch (UncheckedIOException e) {
          throw e.getCause();
        }
      }
    }
    files.sort(
        Comparator.<Path>comparingInt(file -> file.toString().hashCode() * 0x9E3779B9)
            .thenComparing(Comparator.naturalOrder()));
    List<String> texts = new ArrayList<>();
    Set<String> known = new HashSet<>();
    long bytes = 0;
    for (Path file : files) {
      String text = PlainText.read(file);
      if (text == null) {
        continue;
      }
      for (String passage : cut(text)) {
        if (isEnglish(passage) && known.add(passage)) {
          texts.add(passage);
          bytes += passage.length();
        }
      }
      if (bytes >= bytesMax) {
        break;
      }
    }
    return new Passages(texts, bytes);
  }

  /** Manual pages of other languages lie below the folder of their locale. */
  private static boolean isTranslation(Path file) {
    Path section = file.getParent();
    Path above = section == null ? null : section.getParent();
    return section != null
        && above != null
        && section.getFileName().toString().matches("man\\d.*")
        && !above.endsWith("man");
  }

  /** Cuts at spaces, runs of which become one. */
  static List<String> cut(String text) {
    List<String> passages = new ArrayList<>();
    String words = text.replaceAll("\\s+", " ").strip();
    int from = 0;
    while (from < words.length()) {
      int space = from + CHARS < words.length() ? words.lastIndexOf(' ', from + CHARS) : -1;
      int to = space > from ? space : Math.min(words.length(), from + CHARS);
      if (to - from >= CHARS_MIN) {
        passages.add(words.substring(from, to).strip());
      }
      from = to;
    }
    return passages;
  }

  static boolean isEnglish(String passage) {
    long prose =
        passage.chars().filter(c -> c < 128 && (Character.isLetter(c) || c == ' ')).count();
    String[] words = passage.toLowerCase(Locale.ROOT).split(" ");
    int frequent = 0;
    for (String word : words) {
      frequent += FREQUENT.contains(word) ? 1 : 0;
    }
    return prose >= PROSE_MIN * passage.length() && frequent >= ENGLISH_MIN * words.length;
  }
}
