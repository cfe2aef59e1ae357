package org.facetdb.cli.suite;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A throw-away PostgreSQL server of the machine's own package, on loopback, for one test class. */
public final class PostgresServer implements AutoCloseable {
  private final Path folder;
  private final Path binaries;
  private final int port;

  private PostgresServer(Path folder, Path binaries, int port) {
    this.folder = folder;
    this.binaries = binaries;
    this.port = port;
  }

  /** The folder of the newest server programs installed; empty where there are none. */
  public static Optional<Path> binaries() {
    File[] versions = new File("/usr/lib/postgresql").listFiles();
    return versions == null
        ? Optional.empty()
        : List.of(versions).stream()
            .map(version -> version.toPath().resolve("bin"))
            .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
            .max(Comparator.comparing(Path::toString));
  }

  public static PostgresServer start(Path binaries) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("facetdb-postgres");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    PostgresServer server = new PostgresServer(folder, binaries, port);
    if (isRoot()) {
      run("chown", "postgres", folder.toString());
    }
    server.asOwner(
        "initdb", "-D", server.data(), "-A", "trust", "-U", "postgres", "--locale=C", "-E", "UTF8");
    server.asOwner(
        "pg_ctl",
        "-D",
        server.data(),
        "-w",
        "-l",
        folder.resolve("log").toString(),
        "-o",
        "-p " + port + " -k " + folder + " -c listen_addresses=127.0.0.1 -c fsync=off",
        "start");
    return server;
  }

  public String url() {
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
    List<String> command = new java.util.ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    command.add(binaries.resolve(program).toString());
    command.addAll(List.of(arguments));
    run(command.toArray(String[]::new));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Path log = Files.createTempFile("facetdb-postgres", ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .directory(new File("/"))
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + " failed:\n" + Files.readString(log));
    }
    Files.delete(log);
  }

  @Override
  public void close() throws IOException {
    try {
      asOwner("pg_ctl", "-D", data(), "-m", "immediate", "stop");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
