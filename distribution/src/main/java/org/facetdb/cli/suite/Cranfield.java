package org.facetdb.cli.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The Cranfield collection. Immutable.
 *
 * @param documents abstracts; the one at position n has number n + 1
 * @param queries the judged ones; the one at position n has ordinal n + 1
 */
record Cranfield(List<Document> documents, List<Query> queries) {
  /** Documents with grades up to this one, from 1, are relevant. */
  private static final int GRADE_MAX = 4;

  Cranfield {
    documents = List.copyOf(documents);
    queries = List.copyOf(queries);
  }

  /** One abstract. */
  record Document(String title, String body) {
    /** Both in one text. */
    String content() {
      return title + " " + body;
    }
  }

  /**
   * One question.
   *
   * @param relevant the numbers of all documents that were judged relevant, found or not
   */
  record Query(String text, Set<Integer> relevant) {
    Query {
      relevant = Set.copyOf(relevant);
    }
  }

  /** Reads a folder with {@code cran.all.1400}, {@code cran.qry} and {@code cranqrel}. */
  static Cranfield read(Path folder) throws IOException {
    List<Document> documents = new ArrayList<>();
    for (Map<Character, String> entry : entries(folder.resolve("cran.all.1400"))) {
      documents.add(new Document(entry.getOrDefault('T', ""), entry.getOrDefault('W', "")));
    }
    Map<Integer, Set<Integer>> relevant = judgements(folder.resolve("cranqrel"));
    List<Query> queries = new ArrayList<>();
    for (Map<Character, String> entry : entries(folder.resolve("cran.qry"))) {
      int ordinal = queries.size() + 1;
      queries.add(new Query(entry.getOrDefault('W', ""), relevant.getOrDefault(ordinal, Set.of())));
    }
    return new Cranfield(documents, queries);
  }

  /** Lines of query, document and grade; some grades are negative or missing. */
  private static Map<Integer, Set<Integer>> judgements(Path file) throws IOException {
    Map<Integer, Set<Integer>> relevant = new HashMap<>();
    for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      String[] fields = line.strip().split("\\s+");
      int grade = fields.length < 3 ? 0 : Integer.parseInt(fields[2]);
      if (grade >= 1 && grade <= GRADE_MAX) {
        relevant
            .computeIfAbsent(Integer.valueOf(fields[0]), _ -> new HashSet<>())
            .add(Integer.valueOf(fields[1]));
      }
    }
    return relevant;
  }

  /** The sections of each entry, {@code .I} begins one, by the letter of the line before them. */
  private static List<Map<Character, String>> entries(Path file) throws IOException {
    List<Map<Character, String>> entries = new ArrayList<>();
    char section = 'I';
    for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      if (line.startsWith(".I")) {
        entries.add(new HashMap<>());
      } else if (line.length() == 2 && line.charAt(0) == '.') {
        section = line.charAt(1);
      } else if (entries.isEmpty()) {
        throw new IOException("text before the first entry: file=" + file + " line=" + line);
      } else {
        entries.getLast().merge(section, line, (before, more) -> before + "\n" + more);
      }
    }
    return entries;
  }
}
