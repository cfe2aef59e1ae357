package org.facetdb.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code bench}, where the benchmarks are not at hand. The launcher runs their own entry point if
 * the folder {@code bench} with the peers' libraries is there: a clone has it, an archive doesn't.
 */
@Command(
    name = "bench",
    description =
        "Runs one benchmark beside its peers in the same run (skeleton, storage, commit, versions,"
            + " soak or fts).",
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "skeleton, storage, commit, versions, soak or fts")
  private String name;

  @Option(names = "--json", paramLabel = "FILE", description = "also write the metrics as JSON")
  private String json;

  @Parameters(index = "1..*", hidden = true)
  private List<String> rest;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  BenchCommand() {}

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "the benchmarks and their peers come with a clone of the sources: ./facetdb bench " + name);
  }
}
