package org.facetdb.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Entry point of {@code facetdb}: picks the subcommand and turns its outcome into an exit status.
 */
@Command(
    name = "facetdb",
    description = "A modular database kernel.",
    mixinStandardHelpOptions = true,
    version = "facetdb 0.1.0",
    subcommands = {
      DemoCommand.class,
      SqlCommand.class,
      ShellCommand.class,
      CheckCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      PluginCommand.class,
      TestSuiteCommand.class,
      BenchCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The commands, with errors shown as {@link Errors} shows them and status 1. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setExecutionExceptionHandler(
        (exception, command, parsed) -> {
          Errors.print(exception, command.getErr());
          return 1;
        });
    return commandLine;
  }
}
