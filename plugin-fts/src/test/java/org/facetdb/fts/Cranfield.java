package org.facetdb.fts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The Cranfield collection: abstracts, queries and the documents that are relevant to each.
 *
 * @param documents title and body; document n is number n + 1
 * @param relevant by the ordinal of the query, from 1
 */
record Cranfield(List<Document> documents, List<String> queries, Map<Integer, Set<Long>> relevant) {
  record Document(String title, String body) {}

  /** Empty where the machine doesn't have it. */
  static Optional<Cranfield> find() throws IOException {
    Optional<Path> folder = folder();
    return folder.isEmpty() ? Optional.empty() : Optional.of(read(folder.get()));
  }

  private static Optional<Path> folder() {
    String configured = System.getProperty("facetdb.testdata");
    Path base = configured == null ? Path.of("").toAbsolutePath() : Path.of(configured);
    String inside = configured == null ? "shared/data/cranfield" : "cranfield";
    while (base != null) {
      if (Files.isDirectory(base.resolve(inside))) {
        return Optional.of(base.resolve(inside));
      }
      base = configured == null ? base.getParent() : null;
    }
    return Optional.empty();
  }

  private static Cranfield read(Path folder) throws IOException {
    List<Document> documents = new ArrayList<>();
    for (Map<String, String> entry : entries(folder.resolve("cran.all.1400"))) {
      documents.add(new Document(entry.getOrDefault("T", ""), entry.getOrDefault("W", "")));
    }
    List<String> queries = new ArrayList<>();
    for (Map<String, String> entry : entries(folder.resolve("cran.qry"))) {
      queries.add(entry.getOrDefault("W", "").replaceAll("[^a-z0-9 ]", " ").trim());
    }
    Map<Integer, Set<Long>> relevant = new HashMap<>();
    for (String line : Files.readAllLines(folder.resolve("cranqrel"))) {
      String[] parts = line.trim().split("\\s+");
      int grade = parts.length < 3 ? 0 : Integer.parseInt(parts[2]);
      if (grade >= 1 && grade <= 4) {
        relevant
            .computeIfAbsent(Integer.valueOf(parts[0]), _ -> new HashSet<>())
            .add(Long.valueOf(parts[1]));
      }
    }
    return new Cranfield(documents, queries, relevant);
  }

  /** The sections of each entry by their letter, lines joined by spaces. */
  private static List<Map<String, String>> entries(Path file) throws IOException {
    List<Map<String, String>> entries = new ArrayList<>();
    String section = "";
    for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      if (line.startsWith(".I")) {
        entries.add(new HashMap<>());
        section = "";
      } else if (line.matches("\\.[A-Z]")) {
        section = line.substring(1);
      } else {
        entries.getLast().merge(section, line, (before, more) -> before + " " + more);
      }
    }
    return entries;
  }

  /** nDCG at 10 of one answer, gain 1 for each relevant document. */
  double ndcg(int query, List<Long> found) {
    Set<Long> good = relevant.getOrDefault(query, Set.of());
    double gain = 0;
    double ideal = 0;
    for (int i = 0; i < 10; i++) {
      double discount = Math.log(2) / Math.log(i + 2);
      gain += i < found.size() && good.contains(found.get(i)) ? discount : 0;
      ideal += i < good.size() ? discount : 0;
    }
    return ideal == 0 ? 0 : gain / ideal;
  }
}
