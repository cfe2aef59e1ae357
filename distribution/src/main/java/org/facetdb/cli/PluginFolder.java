package org.facetdb.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.facetdb.host.PluginHost;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says where packages are, and a host that looks at them. */
final class PluginFolder {
  /** What is done with the host while it is open. */
  interface Work<R> {
    R with(PluginHost host) throws IOException;
  }

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "the plug-in folder; by default the installation's")
  private @Nullable Path folder;

  Path path() {
    if (folder != null) {
      return folder.toAbsolutePath().normalize();
    }
    String home = System.getProperty("facetdb.home");
    return Path.of(home == null ? "" : home, "plugins").toAbsolutePath().normalize();
  }

  /** Opens a host over the folder, which need not be there, and closes it after the work. */
  <R> R open(Work<R> work) throws IOException {
    if (Files.exists(path()) && !Files.isDirectory(path())) {
      throw DatabaseException.user("42809", "the plug-in folder is no directory: " + path());
    }
    Path scratch = Files.createTempDirectory("facetdb-plugins-");
    try (PluginHost host = PluginHost.open(List.of(path()), scratch)) {
      return work.with(host);
    } finally {
      Files.delete(scratch);
    }
  }
}
