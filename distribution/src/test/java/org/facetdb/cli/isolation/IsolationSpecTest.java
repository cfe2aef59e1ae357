package org.facetdb.cli.isolation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.facetdb.peers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Sessions that meet do here what they do in PostgreSQL, in every order of their steps. */
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(300)
class IsolationSpecTest {
  private static final int RUNS_MAX = 5;

  private static final Path FOLDER = Path.of("src/test/resources/isolation");

  private static PostgresServer server;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(PostgresServer.programs().isPresent(), "no PostgreSQL server is installed");
    server = PostgresServer.temporary(PostgresServer.programs().get());
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  private static List<Path> specifications() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(f -> f.toString().endsWith(".spec")).sorted().toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> ordersOfStepsHavePostgresOutcome() throws IOException {
    return specifications().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(String.valueOf(file.getFileName()), () -> compare(file)));
  }

  private static void compare(Path file) throws Exception {
    IsolationSpec spec = IsolationSpec.parse(Files.readString(file));
    long begin = System.nanoTime();
    Map<List<String>, List<String>> theirs = ofPostgres(spec);
    long middle = System.nanoTime();
    Map<List<String>, List<String>> ours;
    String url = "jdbc:facetdb:mem:isolation" + System.nanoTime();
    try (IsolationRunner facet =
        new IsolationRunner(() -> DriverManager.getConnection(url), Duration.ZERO, List.of())) {
      ours = facet.run(spec);
    }
    System.out.printf(
        "%s: %d orders, PostgreSQL %d ms, FacetDB %d ms%n",
        file.getFileName(),
        spec.permutations().size(),
        (middle - begin) / 1_000_000,
        (System.nanoTime() - middle) / 1_000_000);
    for (List<String> order : spec.permutations()) {
      // Where several wait for one row, either may get it first in PostgreSQL.
      for (int again = 1; again < RUNS_MAX; again++) {
        if (Objects.equals(theirs.get(order), ours.get(order))) {
          break;
        }
        System.out.println(file.getFileName() + ": once more on PostgreSQL: " + order);
        theirs.putAll(ofPostgres(spec));
      }
      assertEquals(
          String.join("\n", theirs.get(order)),
          String.join("\n", ours.get(order)),
          String.join(" ", order));
    }
  }

  private static Map<List<String>, List<String>> ofPostgres(IsolationSpec spec) throws Exception {
    try (IsolationRunner postgres =
        new IsolationRunner(
            () -> DriverManager.getConnection(server.url()),
            Duration.ofMillis(25),
            List.of("SET deadlock_timeout = '10ms'"))) {
      return postgres.run(spec);
    }
  }

  @Test
  void thereAreFortySpecificationsWithManyOrders() throws IOException {
    int orders = 0;
    for (Path file : specifications()) {
      orders += IsolationSpec.parse(Files.readString(file)).permutations().size();
    }
    assertTrue(specifications().size() >= 40, "specifications=" + specifications().size());
    assertTrue(orders >= 400, "orders=" + orders);
  }
}
