package org.facetdb.fts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.facetdb.spi.index.Evaluator;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.facetdb.spi.index.PreparedRow;
import org.facetdb.spi.index.RowIdSet;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random changes, refreshes, checkpoints, restarts with replay and expiry, compared with a list of
 * all versions. The seed is printed; {@code -Dfacetdb.fts.seed} replays it.
 */
class ModelTest {
  private static final String[] WORDS = {
    "wing",
    "wings",
    "flow",
    "flows",
    "flaw",
    "the",
    "of",
    "layer",
    "boundary",
    "mach",
    "shock",
    "heat",
    "transfer",
    "plate",
    "cone"
  };
  private static final String[] QUERIES = {
    "wing",
    "wing flow",
    "+wing -flow",
    "wing AND shock",
    "\"boundary layer\"",
    "\"boundary layer\"~3",
    "la*",
    "*ow",
    "flow~1",
    "plaate~ heat",
    "title:wing body:heat",
    "(wing OR cone) AND title:mach",
    "/fl.w/",
    "[c TO h]",
    "*:*",
    "title:*",
    "wing^3 flow plate",
    "+heat +transfer cone mach layer",
    "the"
  };

  @TempDir Path folder;

  private static long seed() {
    return Long.getLong("facetdb.fts.seed", System.nanoTime());
  }

  @Test
  void answersAsTheListOfVersionsDoesInMemory() {
    run(null, FtsFormat.FIXED_ENDS, seed());
  }

  @Test
  void answersAsTheListOfVersionsDoesOnDisk() {
    run(folder, FtsFormat.DELTA_ENDS, seed());
  }

  private static void run(@Nullable Path folder, FtsFormat format, long seed) {
    System.out.println("replay with -Dfacetdb.fts.seed=" + seed);
    Random random = new Random(seed);
    Fixture fixture = new Fixture(folder, Map.of("analyzer", "english", "k1", "1.1"), format);
    History history = new History(random, fixture);
    for (int step = 0; step < 800; step++) {
      switch (random.nextInt(40)) {
        case 0 -> fixture.index.refresh();
        case 1 -> history.checkpoint();
        case 2 -> history.restart();
        case 3 -> history.expire();
        case 4 -> history.check();
        default -> history.commit();
      }
    }
    fixture.index.refresh();
    history.check();
    fixture.close();
    assertTrue(history.found > 500, "searches find rows: found=" + history.found);
    assertEquals(0, fixture.reserved.get(), "the index gives back its memory");
  }

  private record Version(long rowId, long begin, @Nullable String title, @Nullable String body) {}

  /** A change that the log holds: a put where there is a version, else an end. */
  private record Change(long time, @Nullable Version put, long rowId, long begin) {}

  private static final class History {
    private final Random random;
    private final Fixture fixture;
    private final List<Change> log = new ArrayList<>();
    private final Map<Version, Long> ends = new HashMap<>();
    private final Map<Long, Version> current = new HashMap<>();
    private long now = 100;
    private long watermark;
    private long checkpointTime;
    private long found;

    History(Random random, Fixture fixture) {
      this.random = random;
      this.fixture = fixture;
    }

    void commit() {
      now += 1 + random.nextInt(3);
      Set<Long> touched = new HashSet<>();
      int changes = random.nextInt(10) == 0 ? 60 : 1 + random.nextInt(4);
      for (int i = 0; i < changes; i++) {
        long rowId = random.nextInt(200);
        if (!touched.add(rowId)) {
          continue;
        }
        Version before = current.remove(rowId);
        if (before != null) {
          ends.put(before, now);
          give(new Change(now, null, rowId, before.begin));
        }
        if (before == null || random.nextInt(3) > 0) {
          Version version = new Version(rowId, now, text(6), text(30));
          current.put(rowId, version);
          ends.put(version, Long.MAX_VALUE);
          give(new Change(now, version, rowId, now));
        }
      }
      fixture.index.advance(new Position(now, now));
    }

    private void give(Change change) {
      log.add(change);
      apply(change);
    }

    private void apply(Change change) {
      if (change.put == null) {
        fixture.index.end(change.rowId, change.begin, change.time);
      } else {
        fixture.put(change.rowId, change.begin, change.put.title, change.put.body);
      }
    }

    private @Nullable String text(int words) {
      if (random.nextInt(8) == 0) {
        return random.nextBoolean() ? null : "";
      }
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(words); i >= 0; i--) {
        text.append(WORDS[random.nextInt(WORDS.length)])
            .append(random.nextInt(9) == 0 ? ", " : " ");
      }
      return text.toString();
    }

    void checkpoint() {
      fixture.checkpoint(new Position(now, now));
      checkpointTime = now;
    }

    /** Opens again and replays from the checkpoint, or from somewhat before it. */
    void restart() {
      fixture.reopen();
      long from = checkpointTime - (random.nextBoolean() ? 20 : 0);
      long applied = checkpointTime;
      for (Change change : log) {
        if (change.time > from) {
          apply(change);
          applied = change.time;
        }
      }
      fixture.index.advance(new Position(Math.max(applied, now), now));
      fixture.index.refresh();
    }

    void expire() {
      watermark = Math.max(watermark, Math.min(checkpointTime, now - random.nextInt(200)));
      fixture.index.expire(watermark);
    }

    void check() {
      try (IndexView view = fixture.index.view()) {
        long newest = view.position().timestamp();
        for (int i = 0; i < 3; i++) {
          long span = Math.max(1, newest - watermark);
          check(view, newest - random.nextLong(span));
        }
      }
    }

    private void check(IndexView view, long snapshot) {
      List<Version> visible = new ArrayList<>();
      for (Map.Entry<Version, Long> entry : ends.entrySet()) {
        if (entry.getKey().begin <= snapshot && snapshot < entry.getValue()) {
          visible.add(entry.getKey());
        }
      }
      PreparedRow[] rows = new PreparedRow[visible.size()];
      for (int i = 0; i < rows.length; i++) {
        Version version = visible.get(i);
        rows[i] = fixture.index.prepare(Fixture.row(version.title, version.body), 0);
        assertTrue(rows[i].bytes() > 0);
      }
      String query = QUERIES[random.nextInt(QUERIES.length)];
      int column = random.nextInt(3) - 1;
      List<SearchClause> clauses = new ArrayList<>();
      clauses.add(new SearchClause(column, "@@@", query));
      if (random.nextInt(4) == 0) {
        clauses.add(new SearchClause(1, "@@@", QUERIES[random.nextInt(QUERIES.length)]));
      }
      RowIdSet only = random.nextInt(4) == 0 ? new Every(2 + random.nextInt(3)) : null;
      RowIdSet except = random.nextInt(4) == 0 ? new Every(3) : null;
      compare(view, snapshot, clauses, visible, rows, only, except);
    }

    private void compare(
        IndexView view,
        long snapshot,
        List<SearchClause> clauses,
        List<Version> visible,
        PreparedRow[] rows,
        @Nullable RowIdSet only,
        @Nullable RowIdSet except) {
      boolean[] matches = new boolean[rows.length];
      double[] scores = new double[rows.length];
      Evaluator evaluator = view.evaluator(clauses);
      evaluator.evaluate(rows, rows.length, matches, scores);
      List<Fixture.Hit> expected = new ArrayList<>();
      for (int i = 0; i < rows.length; i++) {
        long rowId = visible.get(i).rowId;
        boolean wanted =
            (only == null || only.contains(rowId)) && (except == null || !except.contains(rowId));
        if (matches[i] && wanted) {
          expected.add(new Fixture.Hit(rowId, scores[i]));
        }
      }
      Comparator<Fixture.Hit> byRow = Comparator.comparingLong(Fixture.Hit::rowId);
      expected.sort(byRow);
      found += expected.size();
      String facts = "clauses=" + clauses + " snapshot=" + snapshot;
      for (SearchRequest.Order order : SearchRequest.Order.values()) {
        int wanted = 1 + random.nextInt(30);
        SearchRequest request =
            new SearchRequest(clauses, snapshot, order, wanted, true, only, except);
        List<Fixture.Hit> hits = Fixture.hits(view, request, 1 + random.nextInt(20));
        if (order == SearchRequest.Order.BEST_FIRST) {
          for (int i = 1; i < hits.size(); i++) {
            assertTrue(hits.get(i).score() <= hits.get(i - 1).score(), facts);
          }
        }
        List<Fixture.Hit> sorted = new ArrayList<>(hits);
        sorted.sort(byRow);
        assertEquals(expected, sorted, facts + " order=" + order);
        assertTrue(view.cost(request).nanos() > 0);
      }
    }
  }

  /** Row ids that a number divides. */
  private record Every(int divisor) implements RowIdSet {
    @Override
    public boolean contains(long rowId) {
      return rowId % divisor == 0;
    }

    @Override
    public long size() {
      return 200 / divisor;
    }
  }
}
