package org.facetdb.peers;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A throw-away PostgreSQL server of the machine's own package, on loopback. Safe for use by any
 * number of threads; owns the server's process, and its folder if it made that.
 */
public final class PostgresServer implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Path folder;
  private final boolean ownsFolder;
  private final Path programs;
  private final int port;

  private PostgresServer(Path folder, boolean ownsFolder, Path programs, int port) {
    this.folder = folder;
    this.ownsFolder = ownsFolder;
    this.programs = programs;
    this.port = port;
  }

  /** The folder of the newest server programs installed; empty where there are none. */
  public static Optional<Path> programs() {
    File[] versions = new File("/usr/lib/postgresql").listFiles();
    return versions == null
        ? Optional.empty()
        : List.of(versions).stream()
            .map(version -> version.toPath().resolve("bin"))
            .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
            .max(Comparator.comparing(Path::toString));
  }

  /**
   * Starts a server that does not sync, in a folder of its own, which goes with it.
   *
   * @throws IOException with what the programs said
   */
  public static PostgresServer temporary(Path programs) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("facetdb-postgres");
    return start(folder, true, programs, "fsync=off");
  }

  /**
   * Starts a server with a new database.
   *
   * @param folder an empty one, which another user can get to: PostgreSQL refuses to run as root
   * @param settings as {@code name=value}
   * @throws IOException with what the programs said
   */
  public static PostgresServer start(Path folder, Path programs, String... settings)
      throws IOException, InterruptedException {
    return start(folder, false, programs, settings);
  }

  private static PostgresServer start(
      Path folder, boolean ownsFolder, Path programs, String... settings)
      throws IOException, InterruptedException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    PostgresServer server = new PostgresServer(folder, ownsFolder, programs, free);
    if (isRoot()) {
      run("chown", "postgres", folder.toString());
    }
    server.asOwner(
        "initdb", "-D", server.data(), "-A", "trust", "-U", "postgres", "--locale=C", "-E", "UTF8");
    StringBuilder options = new StringBuilder();
    options.append("-p ").append(free).append(" -k ").append(folder);
    options.append(" -c listen_addresses=127.0.0.1");
    for (String setting : settings) {
      options.append(" -c ").append(setting);
    }
    String log = folder.resolve("log").toString();
    server.asOwner(
        "pg_ctl", "-D", server.data(), "-w", "-l", log, "-o", options.toString(), "start");
    return server;
  }

  /** Where JDBC finds it. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private void asOwner(String program, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    run(command.toArray(String[]::new));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    // A file, since the server, which goes on, would keep a pipe open.
    Path log = Files.createTempFile("facetdb-postgres", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .directory(new File("/"))
              .start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + " failed:\n" + Files.readString(log));
      }
    } finally {
      Files.delete(log);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      asOwner("pg_ctl", "-D", data(), "-m", "immediate", "stop");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (ownsFolder) {
      try (var files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
