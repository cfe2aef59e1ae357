package org.facetdb.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs jcstress in processes of its own: the tests of the store's lock-free structures must show no
 * forbidden outcome, and those that are broken on purpose must show one each.
 */
class StressTest {
  private static final List<String> BOUNDED =
      List.of(
          "-f 1 -fsm 1 -iters 2 -time 300 -strideSize 16 -strideCount 16 -sc false -af NONE"
              .split(" "));
  private static final Pattern RESULTS =
      Pattern.compile(
          "Results: (\\d+) planned; (\\d+) passed, (\\d+) failed, (\\d+) soft errs, (\\d+) hard errs");

  @TempDir Path directory;

  private record Report(int planned, int passed, int failed, String text) {}

  /** Runs the tests whose names match, in the mode that -Dfacetdb.stress.mode names. */
  private Report run(String tests) throws IOException, InterruptedException {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> Files.exists(Path.of(entry)))
            .collect(Collectors.joining(File.pathSeparator));
    String mode = System.getProperty("facetdb.stress.mode");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                "org.openjdk.jcstress.Main",
                "-t",
                tests));
    command.addAll(mode == null ? BOUNDED : List.of("-m", mode));
    if (mode == null) {
      // Naming options of the machine keeps jcstress from trying all it can think of.
      command.addAll(List.of("-jvmArgs", "-Xmx512m -XX:+UseSerialGC"));
    }
    Path output = directory.resolve("output.txt");
    new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start()
        .waitFor();
    String text = Files.readString(output);
    System.out.println(text);
    Matcher results = RESULTS.matcher(text);
    int[] last = null;
    while (results.find()) {
      last =
          new int[] {
            Integer.parseInt(results.group(1)),
            Integer.parseInt(results.group(2)),
            Integer.parseInt(results.group(3))
          };
      assertEquals("0 0", results.group(4) + " " + results.group(5), text);
    }
    assertNotEquals(null, last, text);
    return new Report(last[0], last[1], last[2], text);
  }

  @Test
  void showsNoForbiddenOutcome() throws IOException, InterruptedException {
    Report report = run("(MemtableTests|PinTests)");
    assertTrue(report.planned >= 6, report.text);
    assertEquals(report.planned, report.passed, report.text);
  }

  @Test
  void findsWhatIsBrokenOnPurpose() throws IOException, InterruptedException {
    Report report = run("BrokenTests");
    assertEquals(2, report.planned, report.text);
    assertEquals(2, report.failed, report.text);
    assertTrue(report.text.contains("Forbidden"), report.text);
  }
}
