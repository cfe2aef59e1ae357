package org.facetdb.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.en.EnglishAnalyzer;

/**
 * Makes queries from a collection's own words: in equal parts frequent ones (1 to 10 % of the
 * passages have them), ones of medium frequency (0.1 to 1 %) and rare ones (from 5 passages to 0.1
 * %). The same for the same collection. Used by one thread.
 */
final class TextQueries {
  /** How many queries of a kind there are. */
  static final int COUNT = 200;

  private static final Pattern WORD =
      Pattern.compile("(?<![a-zA-Z0-9_])[a-z]{4,20}(?![a-zA-Z0-9_])");
  private static final int RARE_MIN = 5;
  private static final int PREFIX_CHARS = 4;

  private final SplittableRandom random = new SplittableRandom(42);
  private final List<String> texts;
  private final List<List<String>> bands =
      List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  private final Map<String, Integer> bandOf = new HashMap<>();

  TextQueries(List<String> texts) {
    this.texts = texts;
    Map<String, Integer> frequencies = new HashMap<>();
    for (String text : texts) {
      for (String word : new HashSet<>(words(text))) {
        frequencies.merge(word, 1, Integer::sum);
      }
    }
    new TreeMap<>(frequencies).forEach(this::assign);
    if (bands.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException(
          "the collection is too small for queries: passages=" + texts.size());
    }
  }

  private void assign(String word, int frequency) {
    double share = (double) frequency / texts.size();
    boolean usable =
        share <= 0.1
            && frequency >= RARE_MIN
            && !EnglishAnalyzer.getDefaultStopSet().contains(word);
    if (usable) {
      int band = share >= 0.01 ? 0 : share >= 0.001 ? 1 : 2;
      bands.get(band).add(word);
      bandOf.put(word, band);
    }
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return words;
  }

  private String word() {
    return from(bands.get(random.nextInt(bands.size())));
  }

  private String from(List<String> words) {
    return words.get(random.nextInt(words.size()));
  }

  /** Any of several words that need not occur together. */
  List<String> any(int words) {
    List<String> queries = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      Set<String> chosen = new HashSet<>();
      StringBuilder query = new StringBuilder();
      while (chosen.size() < words) {
        String word = word();
        if (chosen.add(word)) {
          query.append(query.isEmpty() ? "" : " ").append(word);
        }
      }
      queries.add(query.toString());
    }
    return queries;
  }

  /** Two words, both of them, that some passage has. */
  List<String> both() {
    List<String> queries = new ArrayList<>();
    while (queries.size() < COUNT) {
      List<String> words =
          words(from(texts)).stream().filter(bandOf::containsKey).distinct().toList();
      if (words.size() >= 2) {
        int first = random.nextInt(words.size());
        int second = (first + 1 + random.nextInt(words.size() - 1)) % words.size();
        queries.add("+" + words.get(first) + " +" + words.get(second));
      }
    }
    return queries;
  }

  /** Two neighbours of some passage, none of them rare. */
  List<String> phrases() {
    List<String> queries = new ArrayList<>();
    while (queries.size() < COUNT) {
      String text = from(texts);
      Matcher first = WORD.matcher(text);
      int skipped = random.nextInt(40);
      while (first.find()) {
        Matcher second = WORD.matcher(text).region(first.end(), text.length());
        boolean neighbours =
            second.find() && second.start() == first.end() + 1 && text.charAt(first.end()) == ' ';
        if (neighbours
            && bandOf.getOrDefault(first.group(), 2) < 2
            && bandOf.getOrDefault(second.group(), 2) < 2
            && skipped-- <= 0) {
          queries.add('"' + first.group() + ' ' + second.group() + '"');
          break;
        }
      }
    }
    return queries;
  }

  /** The first letters of words of medium frequency. */
  List<String> prefixes() {
    List<String> queries = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      queries.add(from(bands.get(1)).substring(0, PREFIX_CHARS) + "*");
    }
    return queries;
  }

  /** Words of medium frequency, one edit away. */
  List<String> similar() {
    List<String> queries = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      queries.add(from(bands.get(1)) + "~1");
    }
    return queries;
  }
}
