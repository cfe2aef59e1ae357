package org.facetdb.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.facetdb.DatabaseCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code check}: verifies a database that nobody has open. */
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
    DatabaseCheck.Report report = DatabaseCheck.run(directory);
    PrintWriter err = spec.commandLine().getErr();
    report.problems().forEach(problem -> err.println("ERROR XX001: " + problem));
    err.flush();
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        report.keySpaces()
            + " key spaces up to sequence "
            + report.lastSequence()
            + ": "
            + outcome(report.problems().size()));
    out.flush();
    return report.problems().isEmpty() ? 0 : 1;
  }

  private static String outcome(int problems) {
    return switch (problems) {
      case 0 -> "clean";
      case 1 -> "1 problem";
      default -> problems + " problems";
    };
  }
}
