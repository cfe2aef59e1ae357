package org.facetdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.facetdb.cli.suite.TestData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed distribution ranks the Cranfield collection as plain Lucene does. */
class CranfieldIT {
  @TempDir private Path folder;

  @Test
  void everyQueryIsRankedAsPlainLuceneRanksIt() throws Exception {
    assumeTrue(TestData.folder().isPresent(), "the outside test data is absent");
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("facetdb.home"), "bin", "facetdb").toString(),
                "test-suite",
                "cranfield",
                TestData.folder().get().resolve("cranfield").toString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertTrue(process.waitFor(300, TimeUnit.SECONDS), "still running after 300 s");
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(out);
    assertEquals(0, process.exitValue(), text);
    assertTrue(text.lines().anyMatch(line -> line.startsWith("mean nDCG@10 ours=0.3")), text);
    assertTrue(text.endsWith("113 passed, 0 failed, 0 skipped\n"), text);
  }
}
