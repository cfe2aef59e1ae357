package org.facetdb.benchmarks;

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
 * A PostgreSQL server of the machine's own package on loopback, with the settings it comes with but
 * for its memory: each commit is on the device before it returns.
 */
final class PostgresServer implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Path folder;
  private final Path programs;
  private final int port;

  private PostgresServer(Path folder, Path programs, int port) {
    this.folder = folder;
    this.programs = programs;
    this.port = port;
  }

  /** The folder of the newest server programs installed; empty where there are none. */
  static Optional<Path> programs() {
    File[] versions = new File("/usr/lib/postgresql").listFiles();
    return versions == null
        ? Optional.empty()
        : List.of(versions).stream()
            .map(version -> version.toPath().resolve("bin"))
            .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
            .max(Comparator.comparing(Path::toString));
  }

  /** Makes a database in an empty folder and starts the server. */
  static PostgresServer start(Path folder, Path programs) throws IOException, InterruptedException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    PostgresServer server = new PostgresServer(folder, programs, free);
    if (isRoot()) {
      run("chown", "postgres", folder.toString());
    }
    server.asOwner(
        "initdb", "-D", server.data(), "-A", "trust", "-U", "postgres", "--locale=C", "-E", "UTF8");
    String options =
        "-p %d -k %s -c listen_addresses=127.0.0.1 -c max_connections=100 -c shared_buffers=512MB"
            .formatted(free, folder);
    server.asOwner(
        "pg_ctl", "-D", server.data(), "-w", "-l", folder + "/log", "-o", options, "start");
    return server;
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** PostgreSQL refuses to run as root. */
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
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .directory(new File("/"))
            .start();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException("failed: " + String.join(" ", command));
    }
  }

  @Override
  public void close() {
    try {
      asOwner("pg_ctl", "-D", data(), "-m", "immediate", "stop");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
