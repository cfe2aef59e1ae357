package org.facetdb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.facetdb.host.PluginHost;
import org.facetdb.host.PluginPackage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code plugin list}: every package, also those that can't be loaded, with the reason. */
@Command(
    name = "list",
    description = "Lists the packages in the plug-in folder, with what is wrong with them.",
    mixinStandardHelpOptions = true)
final class PluginListCommand implements Callable<Integer> {
  private static final String[] COLUMNS = {"name", "version", "kind", "description", "problem"};

  @Spec private CommandSpec spec;
  @Mixin private PluginFolder folder;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  PluginListCommand() {}

  @Override
  public Integer call() throws IOException {
    List<@Nullable String[]> rows = folder.open(PluginListCommand::rows);
    PrintWriter out = spec.commandLine().getOut();
    TextTable table = new TextTable(out, COLUMNS, new boolean[COLUMNS.length]);
    table.print(rows);
    table.end();
    out.flush();
    return 0;
  }

  private static List<@Nullable String[]> rows(PluginHost host) {
    List<@Nullable String[]> rows = new ArrayList<>();
    for (PluginPackage found : host.packages()) {
      PluginPackage shown = found.problem() == null ? host.check(found.file()) : found;
      String problem = shown.problem();
      rows.add(
          new @Nullable String[] {
            shown.name(),
            shown.version(),
            shown.kind().name().toLowerCase(Locale.ROOT),
            shown.description(),
            problem == null ? null : problem.replaceAll("\\s+", " ")
          });
    }
    return rows;
  }
}
