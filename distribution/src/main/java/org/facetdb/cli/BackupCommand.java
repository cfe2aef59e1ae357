package org.facetdb.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.facetdb.DatabaseBackup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code backup}: copies a database that nobody has open into a folder of backups. */
@Command(
    name = "backup",
    description =
        "Backs a database up into a folder; what an earlier backup there has is not copied again. "
            + "A database that a program has open is backed up by its statement BACKUP TO 'DIR'.",
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-d", "--directory"},
      paramLabel = "DIR",
      required = true,
      description = "the database's directory")
  private Path directory;

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      required = true,
      description = "the folder of backups, made if absent")
  private Path folder;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  BackupCommand() {}

  @Override
  public Integer call() {
    if (!Files.isDirectory(directory)) {
      throw new ParameterException(spec.commandLine(), "no database is there: " + directory);
    }
    DatabaseBackup.Report report = DatabaseBackup.backup(directory, folder);
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "backup up to sequence "
            + report.sequence()
            + ": "
            + report.files()
            + " files, "
            + report.bytes()
            + " bytes, "
            + report.copiedBytes()
            + " of them copied");
    out.flush();
    return 0;
  }
}
