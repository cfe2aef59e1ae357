package org.facetdb.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.facetdb.DatabaseBackup;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

  @Option(
      names = "--archive",
      paramLabel = "FOLDER",
      description = "the folder of the archived log; without --until all of it is restored")
  private @Nullable Path archive;

  @Option(
      names = "--until",
      paramLabel = "MOMENT",
      description = "the moment to restore: a sequence number or a time like 2026-01-31T12:00:00Z")
  private @Nullable String until;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  RestoreCommand() {}

  @Override
  public Integer call() {
    if (until != null && archive == null) {
      throw new ParameterException(spec.commandLine(), "--until needs --archive");
    }
    DatabaseBackup.Report report =
        archive == null
            ? DatabaseBackup.restore(folder, directory)
            : DatabaseBackup.restore(folder, archive, until, directory);
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
