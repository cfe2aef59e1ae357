package org.facetdb.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.facetdb.Database;
import org.facetdb.DatabaseOptions;
import org.facetdb.sql.IndexOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Versions of the packed full-text plug-in take each other's place, every second time with another
 * format of checkpoints, while writers write and searchers search: nothing fails, every search sees
 * every commit acknowledged before it began, and nothing of a retired version stays.
 */
class SwapIT {
  private static final int DOCUMENTS = Integer.getInteger("facetdb.swap.documents", 4_000);
  private static final int SWAPS = Integer.getInteger("facetdb.swap.count", 8);

  /** Whether so much is swapped that the bound for metaspace is that of the kernel at rest. */
  private static final boolean FULL = SWAPS >= 200;

  private static final long SEED = Long.getLong("facetdb.swap.seed", System.nanoTime());
  private static final int WRITES_PER_SECOND = Integer.getInteger("facetdb.swap.writes", 1_000);
  private static final long PAUSE_NANOS =
      TimeUnit.MILLISECONDS.toNanos(
          Integer.getInteger("facetdb.swap.pause.millis", FULL ? 50 : 150));
  private static final int WRITERS = 6;
  private static final int READERS = 4;
  private static final long READER_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final int ROWS_PER_TOPIC = 60;
  private static final double METASPACE_GROWTH_MAX = 1.02;

  /** What the kernel itself still loads and compiles while a short run warms up. */
  private static final long WARMING_BYTES = FULL ? 0 : 4L << 20;

  /**
   * How long the load runs before the first swap, and another plug-in comes and goes beside it, so
   * that the kernel is loaded and profiled: what runs but once a swap would be for 200 of them.
   */
  private static final long WARMING_NANOS = TimeUnit.SECONDS.toNanos(FULL ? 45 : 0);

  /**
   * How long a version serves before metaspace is measured: until what it uses itself has grown by
   * less than a share within a round. What its versions share is a part of it.
   */
  private static final long SETTLING_NANOS = TimeUnit.SECONDS.toNanos(FULL ? 10 : 1);

  private static final int SETTLING_ROUNDS_MAX = FULL ? 8 : 1;
  private static final double SETTLED_SHARE = 0.005;

  /** Its own, and that of the jars that it shares with the others. */
  private static final int LOADERS_OF_ONE_VERSION = 2;

  @TempDir private Path folder;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final SwapLog log = new SwapLog();
  private final AtomicBoolean over = new AtomicBoolean();
  private final SwapFacts facts =
      new SwapFacts(DOCUMENTS * 2, Math.max(8, DOCUMENTS / ROWS_PER_TOPIC), 1 << 20);
  private final List<Connection> connections = new ArrayList<>();
  private final List<Statement> idleStatements = new ArrayList<>();
  private SwapProcess.Held heldBefore;
  private Metaspace metaspaceEarly = new Metaspace(0, 0);
  private Metaspace metaspaceLate = metaspaceEarly;
  private int swapsWithinCheckpoints;
  private double secondsOfSwaps;

  @Test
  void versionsReplaceEachOtherUnderLoad() throws Exception {
    String replay =
        "-Dfacetdb.swap.seed=%d -Dfacetdb.swap.documents=%d -Dfacetdb.swap.count=%d"
            .formatted(SEED, DOCUMENTS, SWAPS);
    System.out.println("replay with " + replay);
    heldBefore = SwapProcess.held();
    try (Database database = Database.open(directory(), options())) {
      assertEquals(directory().getFileName().toString(), database.name());
      ExecutorService threads = Executors.newCachedThreadPool();
      try {
        run(threads);
        judge();
      } catch (Throwable e) {
        throw new AssertionError(
            replay + "\n" + log.summary() + "\n" + String.join("\n", log.failures()), e);
      } finally {
        over.set(true);
        threads.shutdown();
        threads.awaitTermination(60, TimeUnit.SECONDS);
        for (Connection connection : connections) {
          connection.close();
        }
      }
    }
    SwapProcess.Held after = SwapProcess.collected(heldBefore.loaders(), 0);
    assertTrue(after.isAtMost(heldBefore.loaders(), 0), "held after the close: " + after);
  }

  private Path directory() {
    return folder.resolve("db");
  }

  private DatabaseOptions options() throws IOException {
    Path packed = Path.of(System.getProperty("facetdb.home"), "plugins");
    Path copies = SwapPackages.copies(packed, folder.resolve("copies"));
    IndexOptions usual = IndexOptions.defaults();
    return DatabaseOptions.defaults()
        .withPluginFolders(List.of(packed, copies))
        .withRetention(Duration.ofSeconds(15))
        .withIndexes(
            new IndexOptions(
                300,
                Duration.ofMillis(200),
                usual.tailBytes(),
                usual.scanTailRows(),
                usual.searchWait()));
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:facetdb:" + directory());
    connections.add(connection);
    return connection;
  }

  private void run(ExecutorService threads) throws Exception {
    try (Statement statement = connect().createStatement()) {
      statement.execute("CREATE EXTENSION fts VERSION '" + SwapPackages.CYCLE.getFirst() + "'");
      statement.execute(
          "CREATE TABLE docs (id bigint PRIMARY KEY, title text, body text, category integer,"
              + " note text)");
      load();
      statement.execute("CREATE INDEX docs_text ON docs USING bm25 (title, body)");
      useOnce();
      List<Future<?>> workers = new ArrayList<>();
      long interval = TimeUnit.SECONDS.toNanos(WRITERS) / WRITES_PER_SECOND;
      for (int i = 0; i < WRITERS; i++) {
        workers.add(
            threads.submit(
                new SwapWriter(
                    connect(), facts, log, random.split(), i + 1, WRITERS, interval, over::get)));
      }
      for (int i = 0; i < READERS; i++) {
        workers.add(
            threads.submit(
                new SwapReader(
                    connect(), facts, log, random.split(), READER_PAUSE_NANOS, over::get)));
      }
      swap(statement);
      over.set(true);
      for (Future<?> worker : workers) {
        worker.get(60, TimeUnit.SECONDS);
      }
    }
  }

  /** A session that evaluates and searches with the first version, and does nothing more. */
  private void useOnce() throws SQLException {
    Connection idle = connect();
    for (String condition : List.of("docs @@@ 'amber' OR id < 0", "docs @@@ 'amber'")) {
      PreparedStatement kept =
          idle.prepareStatement("SELECT id, highlight(body) FROM docs WHERE " + condition);
      try (ResultSet rows = kept.executeQuery()) {
        assertTrue(rows.next(), condition);
      }
      idleStatements.add(kept);
    }
  }

  private void load() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:facetdb:" + directory());
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO docs VALUES (?, ?, ?, ?, 'first')")) {
      connection.setAutoCommit(false);
      for (int id = 1; id <= DOCUMENTS; id++) {
        SwapFacts.Content content = SwapWriter.content(random, facts);
        long token = facts.nextToken();
        SwapFacts.Change change = facts.begin(id, token, content);
        insert.setLong(1, id);
        insert.setString(2, SwapWriter.title(random, content));
        insert.setString(3, SwapWriter.body(random, token));
        insert.setInt(4, content.category());
        insert.addBatch();
        change.acknowledged();
        if (id % 1_000 == 0 || id == DOCUMENTS) {
          insert.executeBatch();
          connection.commit();
        }
      }
    }
  }

  /** Runs what swaps run in the kernel, and flushes and merges, without a swap. */
  private void warmUp(Statement statement) throws SQLException {
    long begin = System.nanoTime();
    do {
      statement.execute("CREATE EXTENSION sample");
      statement.execute("SELECT slugify('A wing')");
      statement.execute("DROP EXTENSION sample");
      statement.execute("CHECKPOINT");
      LockSupport.parkNanos(PAUSE_NANOS);
    } while (System.nanoTime() - begin < WARMING_NANOS);
  }

  private void swap(Statement statement) throws SQLException {
    long begin = System.nanoTime();
    warmUp(statement);
    List<String> cycle = SwapPackages.CYCLE;
    for (int i = 1; i <= SWAPS; i++) {
      LockSupport.parkNanos(PAUSE_NANOS + random.nextLong(PAUSE_NANOS));
      String version = cycle.get(i % cycle.size());
      long checkpoints = number(statement, "checkpoints");
      log.timed("swap", () -> statement.execute("ALTER EXTENSION fts UPDATE TO '" + version + "'"));
      if (number(statement, "checkpoints") > checkpoints) {
        swapsWithinCheckpoints++;
      }
      String serving = text(statement, "version || ' ' || state");
      if (!(version + " ready").equals(serving)) {
        log.object("after the swap to " + version + " serves " + serving);
      }
      if (i == Math.max(1, SWAPS / 4)) {
        metaspaceEarly = settledMetaspace();
      }
    }
    metaspaceLate = settledMetaspace();
    secondsOfSwaps = (System.nanoTime() - begin) / 1e9;
  }

  /**
   * Metaspace when one version has served for a while.
   *
   * @param total all that is used
   * @param serving what the version that serves uses
   */
  private record Metaspace(long total, long serving) {}

  private Metaspace settledMetaspace() {
    long before = 0;
    for (int round = 0; round < SETTLING_ROUNDS_MAX; round++) {
      LockSupport.parkNanos(SETTLING_NANOS);
      SwapProcess.collected(heldBefore.loaders() + LOADERS_OF_ONE_VERSION, 1);
      long serving = SwapProcess.metaspaceBytesOfPlugins();
      if (serving - before <= serving * SETTLED_SHARE) {
        break;
      }
      before = serving;
    }
    return new Metaspace(SwapProcess.metaspaceBytes(), SwapProcess.metaspaceBytesOfPlugins());
  }

  private String text(Statement statement, String column) {
    return log.timed(
        "view",
        () -> {
          try (ResultSet row =
              statement.executeQuery(
                  "SELECT " + column + " FROM facetdb_indexes WHERE index_name = 'docs_text'")) {
            row.next();
            return row.getString(1);
          }
        });
  }

  private long number(Statement statement, String column) {
    return Long.parseLong(text(statement, column));
  }

  private static long leases(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT leases FROM facetdb_extensions WHERE name = 'fts'")) {
      row.next();
      return row.getLong(1);
    }
  }

  private void judge() throws SQLException, IOException {
    SwapProcess.Held held = SwapProcess.collected(heldBefore.loaders() + LOADERS_OF_ONE_VERSION, 1);
    try (Statement statement = connect().createStatement()) {
      long byIndex = number(statement, "index_searches");
      long byScan = number(statement, "scan_searches");
      int writes =
          log.count("insert") + log.count("update") + log.count("touch") + log.count("delete");
      System.out.printf(
          "%d swaps in %.0f s, %d of them with a checkpoint within; %.0f writes a second;"
              + " searches by index %d, by scan %d; checkpoints %s, replays %s, rebuilds %s;"
              + " loaders %d, entries %d; metaspace early %s late %s; %s%n",
          SWAPS,
          secondsOfSwaps,
          swapsWithinCheckpoints,
          writes / secondsOfSwaps,
          byIndex,
          byScan,
          text(statement, "checkpoints"),
          text(statement, "replays"),
          text(statement, "rebuilds"),
          held.loaders() - heldBefore.loaders(),
          held.entries(),
          metaspaceEarly,
          metaspaceLate,
          log.summary());
      SwapComparison comparison = new SwapComparison(statement, facts, random.split());
      assertAll(
          () -> assertEquals(List.of(), log.failures()),
          () -> assertEquals(List.of(), log.objections()),
          () ->
              assertTrue(
                  held.isAtMost(heldBefore.loaders() + LOADERS_OF_ONE_VERSION, 1), "held: " + held),
          () ->
              assertTrue(
                  metaspaceLate.total()
                      <= metaspaceEarly.total() * METASPACE_GROWTH_MAX + WARMING_BYTES,
                  "metaspace early=" + metaspaceEarly + " late=" + metaspaceLate),
          () -> assertTrue(byIndex >= 19 * byScan, "index=" + byIndex + " scan=" + byScan),
          () -> assertTrue(swapsWithinCheckpoints > 0, "no swap met a checkpoint"),
          () -> assertEquals(0, number(statement, "rebuilds")),
          () -> assertEquals(1, leases(statement), "leases of the version that serves"),
          comparison::indexEqualsScan,
          comparison::everyTokenIsFound,
          this::nothingStaysOnDisk);
    }
  }

  /** One generation serves; one more may be kept in the other format. */
  private void nothingStaysOnDisk() throws IOException {
    TreeSet<String> generations = new TreeSet<>();
    try (var indexes = Files.list(directory().resolve("side/index"))) {
      for (Path index : indexes.toList()) {
        try (var generation = Files.list(index)) {
          generation.forEach(f -> generations.add(f.getFileName().toString()));
        }
      }
    }
    assertTrue(
        !generations.isEmpty() && generations.size() <= 3, "generations on disk: " + generations);
    try (var packages = Files.list(directory().resolve("unpacked"))) {
      List<String> unpacked =
          packages
              .map(f -> f.getFileName().toString().replaceAll("-.*", ""))
              .filter(name -> !name.equals("framework"))
              .sorted()
              .toList();
      assertEquals(List.of("embedded", "package"), unpacked);
    }
    assertTrue(SwapProcess.deletedFiles(directory()) < 200, "deleted files are still in use");
  }
}
