package org.facetdb.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code plugin}: the packages in the plug-in folder. The work is in its subcommands. */
@Command(
    name = "plugin",
    description = "Lists, installs and removes plug-in packages.",
    mixinStandardHelpOptions = true,
    subcommands = {
      PluginListCommand.class,
      PluginInstallCommand.class,
      PluginRemoveCommand.class,
      HelpCommand.class
    })
final class PluginCommand implements Runnable {
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  PluginCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a subcommand is missing");
  }
}
