package org.facetdb.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.facetdb.sql.IndexCheck;
import org.facetdb.storage.CheckReport;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code check}: verifies a database that nobody has open. Works on the store, below SQL, so that a
 * catalog which can't be read is still diagnosed.
 */
@Command(
    name = "check",
    description = "Verifies every checksum and structure of a database's files.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-d", "--directory"},
      paramLabel = "DIR",
      required = true,
      description = "the database's directory")
  private Path directory;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  CheckCommand() {}

  @Override
  public Integer call() {
    if (!Files.isDirectory(directory)) {
      throw new ParameterException(spec.commandLine(), "no database is there: " + directory);
    }
    CheckReport report = check(directory.toAbsolutePath().normalize());
    PrintWriter err = spec.commandLine().getErr();
    report.problems().forEach(problem -> err.println("ERROR XX001: " + problem));
    err.flush();
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        report.keySpaces()
            + " key spaces up to sequence "
            + report.lastSequence()
            + ": "
            + (report.isClean() ? "clean" : report.problems().size() + " problems"));
    out.flush();
    return report.isClean() ? 0 : 1;
  }

  /** The store first; the files of indexes only where the store can be read. */
  private static CheckReport check(Path database) {
    CheckReport report = Stores.check(database);
    if (!report.isClean()) {
      return report;
    }
    try (Store store = Stores.open(database, StoreOptions.defaults().withChangeLog(true))) {
      return new CheckReport(IndexCheck.problems(store), report.keySpaces(), report.lastSequence());
    }
  }
}
