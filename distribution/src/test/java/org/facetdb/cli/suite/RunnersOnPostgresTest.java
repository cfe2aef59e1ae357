package org.facetdb.cli.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.facetdb.cli.suite.Outcome.Status;
import org.facetdb.peers.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runners judge our database, so they are judged themselves: PostgreSQL has to pass them. */
class RunnersOnPostgresTest {
  private static PostgresServer server;
  private static Path data;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(PostgresServer.programs().isPresent(), "no PostgreSQL server is installed");
    assumeTrue(TestData.folder().isPresent(), "the outside test data is absent");
    data = TestData.folder().get();
    server = PostgresServer.temporary(PostgresServer.programs().get());
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void postgresPassesSelect1To3() throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    SqlLogicSuite suite =
        new SqlLogicSuite(name -> DriverManager.getConnection(server.url()), outcomes::add);
    for (int i = 1; i <= 3; i++) {
      suite.run(data.resolve("sqllogictest/select" + i + ".test"));
    }
    assertEquals(List.of(), failures(outcomes));
    assertEquals(5413, outcomes.size());
  }

  @Test
  void postgresPassesTpch() throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    new TpchSuite(name -> DriverManager.getConnection(server.url()), outcomes::add)
        .run(data.resolve("tpch"), IntStream.rangeClosed(1, 22).boxed().toList());
    assertEquals(List.of(), failures(outcomes));
    assertEquals(22, outcomes.size());
  }

  @Test
  void wrongExpectationsFail(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("wrong.test");
    Files.writeString(
        file,
        """
        statement ok
        CREATE TABLE wrong(a INTEGER)

        statement error
        INSERT INTO wrong VALUES(1)

        statement ok
        INSERT INTO wrong VALUES('x')

        query I nosort
        SELECT a FROM wrong
        ----
        2

        query I nosort label-1
        SELECT a FROM wrong
        ----
        1

        query I nosort label-1
        SELECT a + 1 FROM wrong
        ----
        2

        query I nosort
        SELECT a FROM wrong
        ----
        1 values hashing to 00000000000000000000000000000000

        skipif postgresql
        query I nosort
        SELECT nothing
        ----
        0

        onlyif mysql
        statement ok
        SELECT nothing

        onlyif postgresql
        halt

        statement ok
        SELECT never reached
        """);
    List<Outcome> outcomes = new ArrayList<>();
    new SqlLogicSuite(name -> DriverManager.getConnection(server.url()), outcomes::add).run(file);
    assertEquals(
        List.of(
            Status.PASSED,
            Status.FAILED,
            Status.FAILED,
            Status.FAILED,
            Status.PASSED,
            Status.FAILED,
            Status.FAILED,
            Status.SKIPPED,
            Status.SKIPPED),
        outcomes.stream().map(Outcome::status).toList());
    assertTrue(outcomes.get(5).detail().contains("label label-1"), outcomes.get(5).detail());
  }

  private static List<Outcome> failures(List<Outcome> outcomes) {
    return outcomes.stream().filter(outcome -> outcome.status() == Status.FAILED).toList();
  }
}
