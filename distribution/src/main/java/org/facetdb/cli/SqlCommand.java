package org.facetdb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sql}: runs statements one after the other and stops at the first error. */
@Command(
    name = "sql",
    description = "Runs statements, each in a transaction of its own unless they say BEGIN.",
    mixinStandardHelpOptions = true)
final class SqlCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private Target target;

  @Option(names = "-c", paramLabel = "SQL", description = "statements to run, before those of -f")
  private @Nullable List<String> commands;

  @Option(
      names = "-f",
      paramLabel = "FILE",
      description = "a file of statements; - is the standard input")
  private @Nullable Path file;

  @Option(names = "--format", description = "table (default), csv, json or line")
  private String format = "table";

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  SqlCommand() {}

  @Override
  public Integer call() throws SQLException, IOException {
    if (!target.isNamed()) {
      throw new ParameterException(spec.commandLine(), "a database is needed: -d DIR");
    }
    ResultFormat resultFormat = format(spec, format);
    List<String> given = new ArrayList<>();
    if (commands != null) {
      commands.forEach(text -> given.addAll(Scripts.all(text)));
    }
    boolean reads = file != null || commands == null;
    List<Scripts.Placed> written = reads ? Scripts.placed(read(file)) : List.of();
    PrintWriter out = spec.commandLine().getOut();
    try (Connection connection = target.connect()) {
      StatementRunner runner = new StatementRunner(connection, out, spec.commandLine().getErr());
      for (String sql : given) {
        runner.run(sql, resultFormat);
      }
      for (Scripts.Placed statement : written) {
        run(runner, statement, resultFormat);
      }
      runner.end();
    }
    return 0;
  }

  /** Runs a statement of a file; an error, which counts lines from its begin, is told where. */
  private void run(StatementRunner runner, Scripts.Placed statement, ResultFormat resultFormat)
      throws SQLException, IOException {
    try {
      runner.run(statement.sql(), resultFormat);
    } catch (SQLException e) {
      String name =
          file == null || file.toString().equals("-") ? "standard input" : file.toString();
      spec.commandLine()
          .getErr()
          .println(name + ": the statement that begins at line " + statement.line() + " failed");
      throw e;
    }
  }

  static ResultFormat format(CommandSpec spec, String name) {
    try {
      return ResultFormat.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "unknown format '" + name + "': table, csv, json or line", e);
    }
  }

  private static String read(@Nullable Path path) throws IOException {
    if (path == null || path.toString().equals("-")) {
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (Files.isDirectory(path)) {
      throw new FileSystemException(path.toString(), null, "it is a directory");
    }
    return Files.readString(path);
  }
}
