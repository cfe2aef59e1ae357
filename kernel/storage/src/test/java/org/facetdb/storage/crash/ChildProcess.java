package org.facetdb.storage.crash;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.Stores;

/** A {@link KillChild} in a process of its own; its lines are read through a pipe. */
public final class ChildProcess {
  private final Process process;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>();

  public ChildProcess(String mode, Path directory) throws IOException {
    List<String> command =
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath(),
            KillChild.class.getName(),
            mode,
            directory.toString());
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    reader = Thread.ofPlatform().daemon().start(this::read);
  }

  private static String classPath() {
    List<String> parts = new ArrayList<>();
    parts.add("target/test-classes");
    parts.add("target/classes");
    parts.add(Stores.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    parts.add(System.getProperty("jdk.module.path", ""));
    parts.add(System.getProperty("java.class.path", ""));
    return String.join(File.pathSeparator, parts);
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      String line = in.readLine();
      while (line != null) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
        line = in.readLine();
      }
    } catch (IOException e) {
      // The pipe of a killed process may break; what was read before counts.
      return;
    }
  }

  public long pid() {
    return process.pid();
  }

  /** The first line that the child says. */
  public String firstLine() throws InterruptedException {
    synchronized (lines) {
      long deadline = System.nanoTime() + 30_000_000_000L;
      while (lines.isEmpty() && process.isAlive() && System.nanoTime() < deadline) {
        lines.wait(100);
      }
    }
    if (!process.isAlive()) {
      reader.join();
    }
    synchronized (lines) {
      return lines.isEmpty() ? "" : lines.getFirst();
    }
  }

  /** Kills the child with SIGKILL, and returns all that it said. */
  public List<String> kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
    reader.join();
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }
}
