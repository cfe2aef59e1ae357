package org.facetdb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
 * {@code plugin install}: checks a package as the host would and copies it into the plug-in folder.
 * It appears there whole or not at all.
 */
@Command(
    name = "install",
    description = "Checks a package and copies it into the plug-in folder as NAME-VERSION.jar.",
    mixinStandardHelpOptions = true)
final class PluginInstallCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private PluginFolder folder;

  @Parameters(paramLabel = "FILE", description = "the package's jar")
  private Path file;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  PluginInstallCommand() {}

  @Override
  public Integer call() throws IOException {
    String installed = folder.open(this::install);
    PrintWriter out = spec.commandLine().getOut();
    out.println("installed " + installed);
    out.flush();
    return 0;
  }

  private String install(PluginHost host) throws IOException {
    PluginPackage checked = host.check(file);
    if (checked.problem() != null) {
      throw DatabaseException.user(
          "55000", "package can't be installed: " + file + ": " + checked.problem());
    }
    String name = checked.name() + "-" + checked.version();
    Path target = folder.path().resolve(name + ".jar");
    for (PluginPackage there : host.packages()) {
      // One in this place that can't be read is what a new copy is to mend.
      boolean mends = there.problem() != null && there.file().equals(target);
      boolean same =
          there.name().equals(checked.name()) && there.version().equals(checked.version());
      if (same && !mends) {
        throw DatabaseException.user("42710", "package is installed already: " + there.file())
            .withHint(
                "To put another build in its place, first: plugin remove "
                    + there.name()
                    + "@"
                    + there.version());
      }
    }
    Files.createDirectories(folder.path());
    Path partial = Files.createTempFile(folder.path(), name, ".partial");
    try {
      Files.copy(checked.file(), partial, StandardCopyOption.REPLACE_EXISTING);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
    return checked.name() + " " + checked.version() + " as " + target;
  }
}
