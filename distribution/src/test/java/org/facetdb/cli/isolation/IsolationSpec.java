package org.facetdb.cli.isolation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A specification in the grammar of PostgreSQL's isolation tests: {@code setup}, {@code teardown},
 * sessions with steps, and the orders in which steps run; without one all orders that keep each
 * session's own.
 *
 * @param setup statements before each order
 * @param teardown statements after it
 */
record IsolationSpec(
    List<String> setup,
    List<String> teardown,
    List<SessionSpec> sessions,
    List<List<String>> permutations) {
  /** A session, with its steps in their order. */
  record SessionSpec(
      String name, List<String> setup, List<String> teardown, Map<String, List<String>> steps) {}

  private static final Pattern TOKEN =
      Pattern.compile("\\s+|#[^\\n]*|\\{(?<sql>[^}]*)\\}|\"(?<quoted>[^\"]*)\"|(?<word>[\\w-]+)");

  private static final class Reader {
    private final List<String> tokens = new ArrayList<>();
    private int next;

    Reader(String text) {
      Matcher matcher = TOKEN.matcher(text);
      int end = 0;
      while (matcher.find() && matcher.start() == end) {
        end = matcher.end();
        if (matcher.group("sql") != null) {
          tokens.add("{" + matcher.group("sql"));
        } else if (matcher.group("quoted") != null) {
          tokens.add(matcher.group("quoted"));
        } else if (matcher.group("word") != null) {
          tokens.add(matcher.group("word"));
        }
      }
      if (end != text.length()) {
        throw new IllegalArgumentException(
            "not understood: " + text.substring(end, Math.min(text.length(), end + 40)));
      }
    }

    boolean isAt(String keyword) {
      return next < tokens.size() && tokens.get(next).equals(keyword);
    }

    boolean take(String keyword) {
      boolean there = isAt(keyword);
      next += there ? 1 : 0;
      return there;
    }

    String name() {
      return tokens.get(next++);
    }

    boolean ended() {
      return next == tokens.size();
    }

    List<String> sql() {
      String block = name();
      if (!block.startsWith("{")) {
        throw new IllegalArgumentException("a block was expected, not " + block);
      }
      List<String> statements = new ArrayList<>();
      for (String statement : block.substring(1).split(";")) {
        if (!statement.isBlank()) {
          statements.add(statement.strip());
        }
      }
      return statements;
    }
  }

  static IsolationSpec parse(String text) {
    Reader in = new Reader(text);
    List<String> setup = new ArrayList<>();
    List<String> teardown = new ArrayList<>();
    List<SessionSpec> sessions = new ArrayList<>();
    List<List<String>> permutations = new ArrayList<>();
    while (in.take("setup")) {
      setup.addAll(in.sql());
    }
    while (in.take("teardown")) {
      teardown.addAll(in.sql());
    }
    while (in.take("session")) {
      sessions.add(session(in));
    }
    while (in.take("permutation")) {
      List<String> steps = new ArrayList<>();
      while (!in.ended() && !in.isAt("permutation")) {
        steps.add(in.name());
      }
      permutations.add(steps);
    }
    if (!in.ended()) {
      throw new IllegalArgumentException("not expected here: " + in.name());
    }
    if (permutations.isEmpty()) {
      interleave(sessions, new int[sessions.size()], new ArrayList<>(), permutations);
    }
    return new IsolationSpec(setup, teardown, sessions, permutations);
  }

  private static SessionSpec session(Reader in) {
    String name = in.name();
    List<String> setup = in.take("setup") ? in.sql() : List.of();
    Map<String, List<String>> steps = new LinkedHashMap<>();
    while (in.take("step")) {
      steps.put(in.name(), in.sql());
    }
    List<String> teardown = in.take("teardown") ? in.sql() : List.of();
    return new SessionSpec(name, setup, teardown, steps);
  }

  private static void interleave(
      List<SessionSpec> sessions, int[] done, List<String> order, List<List<String>> found) {
    boolean complete = true;
    for (int i = 0; i < done.length; i++) {
      List<String> steps = List.copyOf(sessions.get(i).steps().keySet());
      if (done[i] < steps.size()) {
        complete = false;
        order.add(steps.get(done[i]++));
        interleave(sessions, done, order, found);
        done[i]--;
        order.removeLast();
      }
    }
    if (complete) {
      found.add(List.copyOf(order));
    }
  }
}
