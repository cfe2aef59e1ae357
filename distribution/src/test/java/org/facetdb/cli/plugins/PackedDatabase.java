package org.facetdb.cli.plugins;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A database in a folder, embedded through JDBC, with packages from a folder of the test's choice.
 * Open for as long as a session is. Used by one thread; owns its sessions.
 */
final class PackedDatabase implements AutoCloseable {
  /** The unpacked archive that is tested. */
  static final Path HOME = Path.of(Objects.requireNonNull(System.getProperty("facetdb.home")));

  private static final Driver DRIVER = driver();
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final Path directory;
  private final Path home;
  private String memory = "256MB";
  private final List<Session> sessions = new ArrayList<>();

  /** A database with the archive's own packages. */
  PackedDatabase(Path directory) {
    this(directory, HOME);
  }

  /**
   * A database with other packages.
   *
   * @param home the folder whose {@code plugins} holds them
   */
  PackedDatabase(Path directory, Path home) {
    this.directory = directory;
    this.home = home;
  }

  /** The kernel's own driver where this process has its modules, else that of the packed jar. */
  private static Driver driver() {
    return DriverManager.drivers()
        .filter(known -> known.getClass().getName().startsWith("org.facetdb."))
        .findFirst()
        .orElseGet(PackedDatabase::packedDriver);
  }

  private static Driver packedDriver() {
    try (Stream<Path> jars = Files.list(HOME.resolve("jdbc"))) {
      URL jar =
          jars.filter(f -> f.toString().endsWith(".jar")).findFirst().orElseThrow().toUri().toURL();
      // Lives as long as the process: the kernel's modules are defined by its classes.
      @SuppressWarnings("resource")
      URLClassLoader loader =
          new URLClassLoader(new URL[] {jar}, ClassLoader.getPlatformClassLoader());
      return (Driver)
          loader.loadClass("org.facetdb.bootstrap.BootstrapDriver").getConstructor().newInstance();
    } catch (MalformedURLException | ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Sets the memory of the next opening. */
  void limit(String bytes) {
    memory = bytes;
  }

  Path directory() {
    return directory;
  }

  /** A session; the first one opens the database. */
  Session session() throws SQLException {
    System.setProperty("facetdb.home", home.toString());
    try {
      Properties options = new Properties();
      options.setProperty("memory", memory);
      options.setProperty("durability", System.getProperty("facetdb.test.durability", "none"));
      Session session =
          new Session(DRIVER.connect("jdbc:facetdb:" + directory, options), sessions::remove);
      sessions.add(session);
      return session;
    } finally {
      System.setProperty("facetdb.home", HOME.toString());
    }
  }

  @Override
  public void close() throws SQLException {
    shut();
  }

  /** Ends all sessions and with them the database; the next session opens it again. */
  void shut() throws SQLException {
    for (Session session : List.copyOf(sessions)) {
      session.close();
    }
  }

  /** Expects words in an error's message, of which detail and hint are a part. */
  static void contains(SQLException failure, String... words) {
    for (String word : words) {
      assertTrue(failure.getMessage().contains(word), () -> word + " is not in: " + failure);
    }
  }

  /** Waits for what happens in the background. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited too long for: " + what);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  /** A seed that is printed; a property replays it. */
  static long seed(Class<?> test) {
    long seed = Long.getLong("facetdb.seed", System.nanoTime());
    System.out.println(test.getSimpleName() + ": replay with -Dfacetdb.seed=" + seed);
    return seed;
  }

  /** One connection. */
  static final class Session implements AutoCloseable {
    private final Connection connection;
    private final java.util.function.Consumer<Session> ended;

    Session(Connection connection, java.util.function.Consumer<Session> ended) {
      this.connection = connection;
      this.ended = ended;
    }

    Connection connection() {
      return connection;
    }

    /** Runs a statement that gives no rows; returns the rows it changed. */
    long run(String sql, @Nullable Object... parameters) throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        set(statement, parameters);
        statement.execute();
        return statement.getLargeUpdateCount();
      }
    }

    /** The rows of a query. */
    List<List<@Nullable Object>> rows(String sql, @Nullable Object... parameters)
        throws SQLException {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        set(statement, parameters);
        try (ResultSet found = statement.executeQuery()) {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          int width = found.getMetaData().getColumnCount();
          while (found.next()) {
            @Nullable Object[] row = new @Nullable Object[width];
            for (int i = 0; i < width; i++) {
              row[i] = found.getObject(i + 1);
            }
            rows.add(Arrays.asList(row));
          }
          return rows;
        }
      }
    }

    private static void set(PreparedStatement statement, @Nullable Object[] parameters)
        throws SQLException {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
    }

    /** The first column of a query's rows. */
    List<@Nullable Object> column(String sql, @Nullable Object... parameters) throws SQLException {
      List<@Nullable Object> values = new ArrayList<>();
      rows(sql, parameters).forEach(row -> values.add(row.getFirst()));
      return values;
    }

    /** The one value of a query. */
    @Nullable Object value(String sql, @Nullable Object... parameters) throws SQLException {
      return rows(sql, parameters).getFirst().getFirst();
    }

    long number(String sql, @Nullable Object... parameters) throws SQLException {
      return ((Number) Objects.requireNonNull(value(sql, parameters))).longValue();
    }

    /** What facetdb_indexes says of an index. */
    @Nullable Object index(String name, String column) throws SQLException {
      return value("SELECT " + column + " FROM facetdb_indexes WHERE index_name = '" + name + "'");
    }

    long count(String name, String column) throws SQLException {
      return ((Number) Objects.requireNonNull(index(name, column))).longValue();
    }

    /** Waits until an index serves again. */
    void awaitReady(String name) {
      await(
          "index " + name + " to be ready",
          () -> {
            try {
              return "ready".equals(index(name, "state"));
            } catch (SQLException e) {
              throw new AssertionError(e);
            }
          });
    }

    /** Runs a script without parameters. */
    void script(String... statements) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
      }
    }

    String plan(String query) throws SQLException {
      StringBuilder plan = new StringBuilder();
      column("EXPLAIN " + query).forEach(line -> plan.append(line).append('\n'));
      return plan.toString();
    }

    /** Expects a statement to fail, and the session to go on. */
    SQLException fails(String state, String sql, @Nullable Object... parameters) {
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        set(statement, parameters);
        if (statement.execute()) {
          try (ResultSet found = statement.getResultSet()) {
            while (found.next()) {
              found.getObject(1);
            }
          }
        }
      } catch (SQLException e) {
        if (!state.equals(e.getSQLState())) {
          throw new AssertionError(
              "expected " + state + " of " + sql + " but got " + e.getSQLState(), e);
        }
        return e;
      }
      throw new AssertionError("expected " + state + " of " + sql);
    }

    @Override
    public void close() throws SQLException {
      ended.accept(this);
      connection.close();
    }
  }
}
