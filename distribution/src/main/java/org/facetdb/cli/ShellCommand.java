package org.facetdb.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code shell}: an interactive session with completion and history. Where the input is no terminal
 * it reads lines plainly, so that scripts can be piped in. An error is shown and the session goes
 * on; a piped one ends with 1 if there was any.
 */
@Command(name = "shell", description = "An interactive session.", mixinStandardHelpOptions = true)
final class ShellCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private Target target;

  @Option(names = "--format", description = "table (default), csv, json or line")
  private String format = "table";

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  ShellCommand() {}

  @Override
  public Integer call() throws SQLException, IOException {
    ResultFormat resultFormat = SqlCommand.format(spec, format);
    try (Connection connection = target.connect()) {
      return System.console() != null && System.console().isTerminal()
          ? interactive(connection, resultFormat)
          : piped(connection, resultFormat);
    }
  }

  private int interactive(Connection connection, ResultFormat resultFormat)
      throws SQLException, IOException {
    try (Terminal terminal =
        TerminalBuilder.builder().name("facetdb").nativeSignals(true).build()) {
      PrintWriter out = terminal.writer();
      ShellSession session = new ShellSession(connection, out, out, resultFormat);
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .appName("facetdb")
              .completer(new ShellCompleter(connection))
              .variable(
                  LineReader.HISTORY_FILE,
                  Path.of(System.getProperty("user.home"), ".facetdb_history"))
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
      out.println(
          "FacetDB shell on " + target.description() + ". \\? lists the commands, \\q quits.");
      while (true) {
        try {
          if (!session.accept(reader.readLine(session.isEmpty() ? "facetdb> " : "     ... "))) {
            session.end();
            return 0;
          }
        } catch (UserInterruptException e) {
          session.discard(); // Ctrl-C throws away the statement begun
        } catch (EndOfFileException e) {
          session.end();
          return 0;
        }
      }
    }
  }

  private int piped(Connection connection, ResultFormat resultFormat)
      throws SQLException, IOException {
    ShellSession session =
        new ShellSession(
            connection, spec.commandLine().getOut(), spec.commandLine().getErr(), resultFormat);
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    @Nullable String line = reader.readLine();
    while (line != null && session.accept(line)) {
      line = reader.readLine();
    }
    session.finish();
    session.end();
    return session.hasFailed() ? 1 : 0;
  }
}
