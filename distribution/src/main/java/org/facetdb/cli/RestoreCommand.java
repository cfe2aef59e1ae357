package org.facetdb.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.facetdb.DatabaseBackup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code restore}: makes a database out of a backup. */
@Command(
    name = "restore",
    description = "Makes a database out of the newest backup of a folder, verifying every byte.",
    mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--from",
      paramLabel = "FOLDER",
      required = true,
      description = "the folder of backups")
  private Path folder;

  @Option(
      names = {"-d", "--directory"},
      paramLabel = "DIR",
      required = true,
      description = "the database's directory, absent or empty")
  private Path directory;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  RestoreCommand() {}

  @Override
  public Integer call() {
    DatabaseBackup.Report report = DatabaseBackup.restore(folder, directory);
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "restored up to sequence "
            + report.sequence()
            + ": "
            + report.files()
            + " files, "
            + report.bytes()
            + " bytes");
    out.flush();
    return 0;
  }
}
