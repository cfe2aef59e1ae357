package org.facetdb.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packed JDBC jar as people use it: on a plain class path, and in a class loader of its own.
 */
class LibraryTest {
  private static final Path JAR = Path.of(System.getProperty("facetdb.jdbc.jar"));

  private static final int ROWS = 4096;

  @TempDir Path directory;

  private static List<String> java(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xshare:auto");
    command.add("-D" + KernelJars.CACHE_PROPERTY + "=" + System.getProperty("facetdb.cache.dir"));
    command.addAll(List.of(arguments));
    return command;
  }

  private record Ended(int status, String out, String err) {}

  private Ended run(List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(directory, "run", ".out");
    Path err = Files.createTempFile(directory, "run", ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "still running: " + command);
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** A short program, compiled and run with nothing but the jar on the class path. */
  private String program(String name) throws IOException {
    try (InputStream in = LibraryTest.class.getResourceAsStream(name + ".txt")) {
      Path source = directory.resolve(name);
      Files.write(source, Objects.requireNonNull(in).readAllBytes());
      return source.toString();
    }
  }

  @Test
  void aProgramOfTwentyLinesRunsFromAPlainClassPath() throws Exception {
    String source = program("Twenty.java");
    assertTrue(Files.readAllLines(Path.of(source)).size() <= 22);
    String database = directory.resolve("db").toString();
    Ended first = run(java("-cp", JAR.toString(), source, database));
    assertEquals("1 visits, first to Lisbon\n", first.out(), first.err());
    assertEquals(0, first.status());
    assertTrue(first.err().contains("FacetDB runs without native code"), first.err());
    assertFalse(first.err().contains("WARNING"), first.err());

    Ended second =
        run(
            java(
                "--enable-native-access=ALL-UNNAMED",
                "--illegal-native-access=deny",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                JAR.toString(),
                source,
                database));
    assertEquals("2 visits, first to Lisbon\n", second.out(), second.err());
    assertFalse(second.err().contains("FacetDB runs without"), second.err());
  }

  @Test
  void tablesThatNativeCodeCompressedAreReadWithoutIt() throws Exception {
    String database = directory.resolve("zstd").toString();
    List<String> command =
        java(
            "--enable-native-access=ALL-UNNAMED",
            "--illegal-native-access=deny",
            "--sun-misc-unsafe-memory-access=deny",
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            JAR.toString(),
            program("Statements.java"),
            database + "?compression=zstd",
            "CREATE TABLE t (id integer PRIMARY KEY, words text)",
            "INSERT INTO t VALUES (0, 'words of row')");
    for (int rows = 1; rows < ROWS; rows *= 2) {
      command.add("INSERT INTO t SELECT id + " + rows + ", words || ' ' || id FROM t");
    }
    command.add("VACUUM");
    Ended written = run(command);
    assertEquals(0, written.status(), written.err());
    assertEquals("WARNING: Using incubator modules: jdk.incubator.vector\n", written.err());
    assertTrue(hasZstdFrame(Path.of(database, "tables")), "no table has a zstd frame");
    try (URLClassLoader loader = loader();
        Connection connection = driver(loader).connect("jdbc:facetdb:" + database, null)) {
      assertEquals(ROWS, one(connection, "SELECT count(*) FROM t WHERE words LIKE 'words of%'"));
      assertEquals(ROWS * (ROWS - 1) / 2, one(connection, "SELECT sum(id) FROM t"));
    }
  }

  private static boolean hasZstdFrame(Path folder) throws IOException {
    try (DirectoryStream<Path> tables = Files.newDirectoryStream(folder)) {
      for (Path table : tables) {
        String bytes = Files.readString(table, StandardCharsets.ISO_8859_1);
        if (bytes.contains("\u0028\u00b5\u002f\u00fd")) {
          return true;
        }
      }
    }
    return false;
  }

  /** By its name, as a database tool's settings give it. */
  private static Driver driver(ClassLoader loader) throws ReflectiveOperationException {
    Class<?> driver = loader.loadClass(BootstrapDriver.class.getName());
    assertNotSame(BootstrapDriver.class, driver);
    return driver.asSubclass(Driver.class).getConstructor().newInstance();
  }

  /** Sees the platform and the jar alone, as the driver manager of a database tool arranges it. */
  private static URLClassLoader loader() throws IOException {
    return new URLClassLoader(
        new URL[] {JAR.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
  }

  private static long one(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertTrue(rows.next());
      return rows.getLong(1);
    }
  }

  @Test
  void theJarWorksInAClassLoaderOfItsOwn() throws Exception {
    try (URLClassLoader loader = loader();
        Connection connection = driver(loader).connect("jdbc:facetdb:mem:own", new Properties())) {
      assertEquals(3, one(connection, "SELECT 1 + 2"));
      Class<?> kernel = connection.getClass();
      assertEquals("org.facetdb", kernel.getModule().getName());
      assertNotSame(loader, kernel.getClassLoader());
      assertThrows(ClassNotFoundException.class, () -> loader.loadClass(kernel.getName()));
      assertEquals("FacetDB", connection.getMetaData().getDatabaseProductName());
    }
  }

  @Test
  void twoClassLoadersCannotOpenOneDirectoryTwice() throws Exception {
    String url = "jdbc:facetdb:" + directory.resolve("shared");
    try (URLClassLoader one = loader();
        URLClassLoader two = loader()) {
      Driver first = driver(one);
      Driver second = driver(two);
      try (Connection holder = first.connect(url, null);
          Connection sharer = first.connect(url, null)) {
        assertEquals(1, one(holder, "SELECT 1"));
        assertEquals(2, one(sharer, "SELECT 2"));
        SQLException refused = assertThrows(SQLException.class, () -> second.connect(url, null));
        assertEquals("55006", refused.getSQLState());
        assertTrue(
            refused.getMessage().contains(String.valueOf(ProcessHandle.current().pid())),
            refused.getMessage());
      }
      try (Connection next = second.connect(url, null)) {
        assertEquals(1, one(next, "SELECT 1"));
      }
    }
  }

  @Test
  void theJarShowsNothingOfTheKernelToTheClassPath() throws Exception {
    try (var jar = new java.util.jar.JarFile(JAR.toFile())) {
      List<String> classes =
          jar.stream().map(entry -> entry.getName()).filter(n -> n.endsWith(".class")).toList();
      assertFalse(classes.isEmpty());
      assertEquals(
          List.of(),
          classes.stream()
              .filter(
                  n -> !n.startsWith("org/facetdb/bootstrap/") && !n.equals("module-info.class"))
              .toList());
      byte[] services =
          jar.getInputStream(jar.getEntry("META-INF/services/java.sql.Driver")).readAllBytes();
      assertEquals(
          BootstrapDriver.class.getName(), new String(services, StandardCharsets.UTF_8).strip());
    }
  }
}
