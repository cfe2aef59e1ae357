package org.facetdb.storage.crash;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.facetdb.storage.Stores;

/**
 * A {@link KillChild} in a process of its own. What it says goes to a file: Java closes the pipe of
 * a process that ends, also while its last lines are being read.
 */
public final class ChildProcess {
  private final Process process;
  private final Path said;

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
    said = Files.createTempFile("facetdb-child", ".txt");
    process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(said.toFile())
            .start();
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

  /** The whole lines so far: of the last one, a kill may have cut a part off. */
  private List<String> lines() throws IOException {
    String all = Files.readString(said);
    return all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
  }

  public long pid() {
    return process.pid();
  }

  /** The first line that the child says; empty if it says none within half a minute. */
  public String firstLine() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + 30_000_000_000L;
    boolean alive = true;
    while (alive && System.nanoTime() < deadline) {
      alive = process.isAlive();
      List<String> lines = lines();
      if (!lines.isEmpty()) {
        return lines.getFirst();
      }
      Thread.sleep(1);
    }
    return "";
  }

  /** Kills the child with SIGKILL, and returns all that it said. */
  public List<String> kill() throws IOException, InterruptedException {
    process.destroyForcibly();
    process.waitFor();
    List<String> all = lines();
    Files.delete(said);
    return all;
  }
}
