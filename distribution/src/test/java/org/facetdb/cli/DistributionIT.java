package org.facetdb.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;

/** Runs the packed distribution as people do: the script, from another folder, in a process. */
class DistributionIT {
  private static final Path HOME = Path.of(System.getProperty("facetdb.home"));

  @TempDir private Path folder;

  private record Run(int status, String out, String err) {}

  private Run facetdb(String... arguments) throws IOException, InterruptedException {
    return facetdbReading("", arguments);
  }

  private Run facetdbReading(String input, String... arguments)
      throws IOException, InterruptedException {
    return runOf(HOME, Map.of(), input, arguments);
  }

  private Run runOf(Path home, Map<String, String> environment, String input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin").resolve("facetdb").toString());
    command.addAll(List.of(arguments));
    File out = Files.createTempFile(folder, "out", "").toFile();
    File err = Files.createTempFile(folder, "err", "").toFile();
    Path in = Files.createTempFile(folder, "in", "");
    Files.writeString(in, input);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out)
            .redirectError(err);
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("still running after 120 s: " + command);
    }
    return new Run(
        process.exitValue(), Files.readString(out.toPath()), Files.readString(err.toPath()));
  }

  @TestedSideBySide
  void theTourEndsWell() throws Exception {
    Run run = facetdb("demo", "-d", "tour");
    assertEquals(0, run.status(), run.err() + run.out());
    assertAll(
        () -> assertTrue(run.out().contains("COPY 357"), run.out()),
        () -> assertTrue(run.out().contains("ERROR 40001"), run.out()),
        () -> assertTrue(run.out().contains("FOR SYSTEM_TIME AS OF"), run.out()),
        () ->
            assertTrue(run.out().contains("A sunken <b>harbour</b> of <b>legend</b>."), run.out()),
        () -> assertTrue(run.out().contains("needs extension \"fts\""), run.out()),
        () -> assertTrue(run.out().contains("searches meanwhile, none failed"), run.out()),
        () -> assertTrue(run.out().contains("That was the tour"), run.out()));
    Run check = facetdb("check", "-d", "tour");
    assertEquals(0, check.status(), check.err() + check.out());
    Run backup = facetdb("backup", "-d", "tour", "--to", "backups");
    assertEquals(0, backup.status(), backup.err() + backup.out());
    Run restore = facetdb("restore", "--from", "backups", "-d", "copy");
    assertEquals(0, restore.status(), restore.err() + restore.out());
    Run checkCopy = facetdb("check", "-d", "copy");
    assertEquals(check.out(), checkCopy.out(), checkCopy.err());
    Run inhabited = facetdb("restore", "--from", "backups", "-d", "copy");
    assertEquals(1, inhabited.status());
    assertTrue(inhabited.err().startsWith("ERROR 55000: "), inhabited.err());
  }

  private Path copyOf(Path home, String name) throws IOException {
    Path copy = folder.resolve(name);
    try (var paths = Files.walk(home)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Files.copy(path, copy.resolve(home.relativize(path)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return copy;
  }

  private List<Path> aheadOfTimeCaches(Path home) throws IOException {
    try (var names = Files.list(home.resolve("lib"))) {
      return names.filter(name -> name.toString().endsWith(".aot")).toList();
    }
  }

  @TestedSideBySide
  void aTrainedInstallationRunsWhereItIsCopiedAndMovedTo() throws Exception {
    Path home = copyOf(HOME, "here");
    for (Path cache : aheadOfTimeCaches(home)) {
      Files.delete(cache);
    }
    String[] select = {"sql", "-d", "db", "--format", "csv", "-c", "SELECT 41 + 1 AS n"};
    Run trained = runOf(home, Map.of("FACETDB_TRAIN", "1"), "", select);
    assertEquals(0, trained.status(), trained.err());
    assertEquals(1, aheadOfTimeCaches(home).size());
    Path copy = copyOf(home, "copied");
    Run there = runOf(copy, Map.of(), "", select);
    assertEquals(new Run(0, "n\n42\n", ""), there);
    Path moved = Files.move(home, folder.resolve("moved"));
    assertEquals(new Run(0, "n\n42\n", ""), runOf(moved, Map.of(), "", select));
  }

  private String rows(String... target) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("sql", "--format", "csv"));
    arguments.addAll(List.of(target));
    Run run = facetdb(arguments.toArray(String[]::new));
    assertEquals(0, run.status(), run.err());
    return run.out();
  }

  private void assertRefused(String sqlState, String until) throws Exception {
    Run run =
        facetdb(
            "restore",
            "--from",
            "backups",
            "--archive",
            "archived",
            "--until",
            until,
            "-d",
            "refused");
    assertEquals(1, run.status(), run.out());
    assertTrue(run.err().startsWith("ERROR " + sqlState + ": "), run.err());
    assertTrue(Files.notExists(folder.resolve("refused")), "the directory was touched");
  }

  @TestedSideBySide
  void aMomentAfterTheBackupIsRestoredFromTheArchive() throws Exception {
    String url = "jdbc:facetdb:db?archive=archived";
    String all = "SELECT * FROM t ORDER BY a";
    rows("--url", url, "-c", "CREATE TABLE t (a integer PRIMARY KEY, b text)");
    rows("--url", url, "-c", "INSERT INTO t VALUES (1, 'x')");
    Run backup = facetdb("backup", "-d", "db", "--to", "backups");
    assertEquals(0, backup.status(), backup.err());
    String found =
        rows(
            "--url",
            url,
            "-c",
            "CREATE TABLE u (a integer)",
            "-c",
            "INSERT INTO t VALUES (2, 'y')",
            "-c",
            all,
            "-c",
            "SELECT facetdb_current_sequence() AS sequence");
    assertTrue(found.contains("a,b\n1,x\n2,y\n"), found);
    String sequence = found.strip().substring(found.strip().lastIndexOf('\n') + 1);
    Instant moment = Instant.now();
    Thread.sleep(10);
    rows("--url", url, "-c", "UPDATE t SET b = 'z'", "-c", "INSERT INTO t VALUES (3, 'w')");
    rows("--url", url, "-c", "DROP TABLE u", "-c", "DELETE FROM t WHERE a = 1");

    for (String until : List.of(sequence, moment.toString())) {
      String copy = "copy of " + until.replace(':', '-');
      Run restore =
          facetdb(
              "restore",
              "--from",
              "backups",
              "--archive",
              "archived",
              "--until",
              until,
              "-d",
              copy);
      assertEquals(0, restore.status(), restore.err());
      assertTrue(
          restore.out().startsWith("restored up to sequence " + sequence + ":"), restore.out());
      Run check = facetdb("check", "-d", copy);
      assertEquals(0, check.status(), check.err() + check.out());
      assertEquals("a,b\n1,x\n2,y\n", rows("-d", copy, "-c", all));
      assertEquals("n\n0\n", rows("-d", copy, "-c", "SELECT count(*) AS n FROM u"));
    }
    Run latest = facetdb("restore", "--from", "backups", "--archive", "archived", "-d", "latest");
    assertEquals(0, latest.status(), latest.err());
    assertEquals("a,b\n2,z\n3,w\n", rows("-d", "latest", "-c", all));

    assertRefused("22007", "yesterday");
    assertRefused("22023", "SEQUENCE 1");
    assertRefused("22023", "2000-01-01T00:00:00Z");
    assertRefused("55000", "SEQUENCE 1000000");
    assertRefused("55000", "2500-01-01T00:00:00Z");
    List<Path> segments;
    try (var names = Files.list(folder.resolve("archived"))) {
      segments = names.filter(name -> name.toString().endsWith(".log")).sorted().toList();
    }
    Path newest = segments.getLast();
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length / 2] ^= 1;
    Files.write(newest, bytes);
    assertRefused("XX001", "SEQUENCE 1000000");
    Files.delete(newest);
    assertRefused("XX001", "SEQUENCE 1000000");
  }

  @TestedSideBySide
  void sqlPrintsTagsAndStopsAtTheFirstError() throws Exception {
    Run run =
        facetdb(
            "sql",
            "-d",
            "db",
            "-c",
            "CREATE TABLE t (a integer PRIMARY KEY, b text); INSERT INTO t VALUES (1, 'x')",
            "-c",
            "SELECT a, b FROM t",
            "-c",
            "INSERT INTO t VALUES (1, 'again')",
            "-c",
            "SELECT 'never reached'");
    assertEquals(1, run.status());
    assertEquals(
        List.of("CREATE TABLE", "INSERT 0 1", " a | b", "---+---", " 1 | x", "(1 row)"),
        run.out().lines().toList());
    assertTrue(run.err().contains("23505"), run.err());
    Run again = facetdb("sql", "-d", "db", "--format", "csv", "-c", "SELECT * FROM t");
    assertEquals("a,b\n1,x\n", again.out());
  }

  @TestedSideBySide
  void packagesAreListedFromTheInstallation() throws Exception {
    Run list = facetdb("plugin", "list");
    assertEquals(0, list.status(), list.err());
    assertTrue(list.out().contains("| problem"), list.out());
    Run absent = facetdb("plugin", "install", "absent.jar", "--plugins", "packages");
    assertEquals(1, absent.status());
    assertTrue(absent.err().startsWith("ERROR 58P01: "), absent.err());
  }

  @TestedSideBySide
  void aSyntaxErrorShowsItsPlace() throws Exception {
    Run run = facetdb("sql", "-d", "db", "-c", "SELECT 1 +\n  FROM x");
    assertEquals(1, run.status());
    assertTrue(run.err().contains("42601"), run.err());
    assertTrue(run.err().lines().anyMatch(line -> line.matches("\\s*\\^")), run.err());
  }

  @TestedSideBySide
  void theShellReadsPipedLines() throws Exception {
    Run run =
        facetdbReading(
            "create table t (a int);\ninsert into t values (1), (2);\n\\dt\n\\format json\n"
                + "select sum(a) as s\nfrom t;\n",
            "shell",
            "-d",
            "db");
    assertEquals(0, run.status(), run.err());
    assertTrue(run.out().contains("public.t"), run.out());
    assertTrue(run.out().contains("{\"s\":3}"), run.out());
  }

  @TestedSideBySide
  void anInputThatEndsInATransactionIsWarnedOf() throws Exception {
    Run run = facetdbReading("begin; create table lost (a int)", "sql", "-d", "db");
    assertEquals(0, run.status(), run.err());
    assertEquals(List.of("BEGIN", "CREATE TABLE"), run.out().lines().toList());
    assertTrue(run.err().startsWith("WARNING: the input ended inside a transaction"), run.err());
    Run occupied = facetdb("sql", "-d", "db/LOCK", "-c", "select 1");
    assertEquals(1, occupied.status());
    assertTrue(occupied.err().contains("db/LOCK: there is a file of that name"), occupied.err());
  }

  @TestedSideBySide
  void aPipedShellGoesOnAfterAnErrorAndSaysSoInTheEnd() throws Exception {
    Run run =
        facetdbReading(
            "select 1/0; select 41+1 as one;\n\\i nowhere.sql\nselect 2+3 as two",
            "shell",
            "-d",
            "db");
    assertEquals(1, run.status());
    assertTrue(run.err().contains("22012"), run.err());
    assertTrue(run.err().contains("58P01"), run.err());
    assertTrue(run.out().contains("42"), run.out());
    assertTrue(run.out().contains("5"), run.out());
  }

  @TestedSideBySide
  void anErrorOfAFileNamesTheLineOfItsStatement() throws Exception {
    Files.writeString(folder.resolve("some.sql"), "select 1;\n\nselect 2;\nselect\n nosuch;\n");
    Run run = facetdb("sql", "-d", "db", "-f", "some.sql");
    assertEquals(1, run.status());
    assertTrue(run.err().contains("some.sql: the statement that begins at line 4"), run.err());
    assertTrue(run.err().contains("(line 2, column 2)"), run.err());
  }

  @TestedSideBySide
  void aSecondProcessIsToldWhoHoldsTheDirectory() throws Exception {
    Process holder =
        new ProcessBuilder(HOME.resolve("bin").resolve("facetdb").toString(), "shell", "-d", "held")
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var input = holder.outputWriter();
        var output = holder.inputReader()) {
      input.write("create table t (a int);\n");
      input.flush();
      assertEquals("CREATE TABLE", output.readLine());
      Run run = facetdb("sql", "-d", "held", "-c", "SELECT 1");
      assertEquals(1, run.status());
      assertTrue(run.err().contains("55006"), run.err());
      assertTrue(run.err().contains(Long.toString(holder.pid())), run.err());
    } finally {
      holder.waitFor(60, TimeUnit.SECONDS);
      holder.destroyForcibly();
    }
  }
}
