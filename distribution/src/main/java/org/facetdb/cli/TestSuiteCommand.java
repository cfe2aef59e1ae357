package org.facetdb.cli;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.facetdb.cli.suite.CranfieldSuite;
import org.facetdb.cli.suite.Databases;
import org.facetdb.cli.suite.Outcome;
import org.facetdb.cli.suite.SqlLogicSuite;
import org.facetdb.cli.suite.TpchSuite;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code test-suite}: replays an outside suite and counts what passed. */
@Command(
    name = "test-suite",
    description = "Replays an outside suite: sqllogictest, tpch or cranfield.",
    mixinStandardHelpOptions = true)
final class TestSuiteCommand implements Callable<Integer> {
  private static final int FAILURES_SHOWN_MAX = 20;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "NAME", description = "sqllogictest, tpch or cranfield")
  private String name;

  @Parameters(index = "1..*", paramLabel = "PATH", arity = "1..*", description = "folders or files")
  private List<Path> paths;

  @Option(
      names = "--url",
      paramLabel = "JDBC",
      description = "run on this database instead of a fresh one of our own")
  private @Nullable String url;

  @Option(names = "--user", description = "user for --url")
  private @Nullable String user;

  @Option(names = "--password", description = "password for --url")
  private @Nullable String password;

  @Option(names = "--json", paramLabel = "FILE", description = "also write the outcome as JSON")
  private @Nullable Path json;

  @Option(
      names = {"-q", "--query", "--queries"},
      split = ",",
      paramLabel = "N",
      description = "tpch: the queries to run, by default all 22")
  private @Nullable List<Integer> queries;

  private final List<Outcome> failures = new ArrayList<>();
  private final List<Outcome> skips = new ArrayList<>();
  private int passed;

  @SuppressWarnings("NullAway.Init") // picocli fills the fields before it calls
  TestSuiteCommand() {}

  @Override
  public Integer call() throws IOException, SQLException {
    PrintWriter out = spec.commandLine().getOut();
    switch (name) {
      case "sqllogictest" -> {
        SqlLogicSuite suite = new SqlLogicSuite(databases(), this::record);
        for (Path path : paths) {
          for (Path file : testFiles(path)) {
            suite.run(file);
          }
        }
      }
      case "tpch" -> {
        List<Integer> numbers =
            queries != null ? queries : IntStream.rangeClosed(1, 22).boxed().toList();
        for (Path path : paths) {
          new TpchSuite(databases(), this::record).run(path, numbers);
        }
      }
      case "cranfield" -> cranfield(out);
      default -> throw refuse("unknown suite '" + name + "': sqllogictest, tpch or cranfield");
    }
    for (Outcome failure : failures.subList(0, Math.min(failures.size(), FAILURES_SHOWN_MAX))) {
      out.println("FAILED " + failure.where() + "\n  " + failure.detail());
    }
    if (failures.size() > FAILURES_SHOWN_MAX) {
      out.println("(" + (failures.size() - FAILURES_SHOWN_MAX) + " more failures)");
    }
    if (name.equals("tpch")) {
      skips.forEach(skip -> out.println("SKIPPED " + skip.where() + "\n  " + skip.detail()));
    }
    if (json != null) {
      writeJson(json);
    }
    out.println(passed + " passed, " + failures.size() + " failed, " + skips.size() + " skipped");
    out.flush();
    return failures.isEmpty() ? 0 : 1;
  }

  private void cranfield(PrintWriter out) throws IOException, SQLException {
    if (url != null && !url.startsWith("jdbc:facetdb:")) {
      throw refuse("cranfield searches with bm25, which other databases don't have: url=" + url);
    }
    if (ModuleLayer.boot().findModule("org.apache.lucene.core").isEmpty()) {
      throw refuse("cranfield compares with Lucene, which bin/facetdb adds from folder suite");
    }
    for (Path path : paths) {
      new CranfieldSuite(databases(), this::record, out::println).run(path);
    }
  }

  private ParameterException refuse(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void record(Outcome outcome) {
    switch (outcome.status()) {
      case PASSED -> passed++;
      case SKIPPED -> skips.add(outcome);
      case FAILED -> failures.add(outcome);
    }
  }

  private Databases databases() {
    AtomicInteger number = new AtomicInteger();
    return file ->
        url != null
            ? DriverManager.getConnection(url, user, password)
            : DriverManager.getConnection(
                "jdbc:facetdb:mem:suite-"
                    + ProcessHandle.current().pid()
                    + "-"
                    + number.incrementAndGet());
  }

  private static List<Path> testFiles(Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    try (var files = Files.walk(path)) {
      return files.filter(file -> file.toString().endsWith(".test")).sorted().toList();
    }
  }

  private static void writeOutcomes(JsonGenerator generator, String field, List<Outcome> outcomes)
      throws IOException {
    generator.writeArrayFieldStart(field);
    for (Outcome outcome : outcomes) {
      generator.writeStartObject();
      generator.writeStringField("where", outcome.where());
      generator.writeStringField("detail", outcome.detail());
      generator.writeEndObject();
    }
    generator.writeEndArray();
  }

  private void writeJson(Path file) throws IOException {
    try (JsonGenerator generator =
        new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
      generator.useDefaultPrettyPrinter();
      generator.writeStartObject();
      generator.writeStringField("suite", name);
      generator.writeNumberField("passed", passed);
      generator.writeNumberField("failed", failures.size());
      generator.writeNumberField("skipped", skips.size());
      writeOutcomes(generator, "failures", failures);
      writeOutcomes(generator, "skips", skips);
      generator.writeEndObject();
    }
  }
}
