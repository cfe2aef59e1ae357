package org.facetdb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import org.facetdb.host.PluginHost;
import org.facetdb.host.PluginPackage;
import org.facetdb.spi.DatabaseException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code plugin remove}: deletes the jars of a package, all versions of it or one. A database that
 * has a version loaded goes on with it until it is closed.
 */
@Command(
    name = "remove",
    description = "Deletes a package from the plug-in folder: all its versions, or one.",
    mixinStandardHelpOptions = true)
final class PluginRemoveCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private PluginFolder folder;

  @Parameters(
      paramLabel = "NAME[@VERSION]",
      description = "as plugin list shows them; without a version, all of them")
  private String what;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  PluginRemoveCommand() {}

  @Override
  public Integer call() throws IOException {
    String[] parts = what.split("@", 2);
    List<PluginPackage> found =
        folder.open(PluginHost::packages).stream()
            .filter(there -> there.name().equals(parts[0]))
            .filter(there -> parts.length == 1 || there.version().equals(parts[1]))
            .toList();
    if (found.isEmpty()) {
      throw DatabaseException.user("58P01", "no package is installed as " + what);
    }
    PrintWriter out = spec.commandLine().getOut();
    for (PluginPackage there : found) {
      Files.delete(there.file());
      String version = there.version().isEmpty() ? "" : " " + there.version();
      out.println("removed " + there.name() + version + ": " + there.file());
    }
    out.flush();
    return 0;
  }
}
