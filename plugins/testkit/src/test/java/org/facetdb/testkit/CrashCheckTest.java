package org.facetdb.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashCheckTest {
  @Test
  void everyRoundFailsOnce(@TempDir Path directory) throws Exception {
    CrashCheck check = new CrashCheck(ReferenceFixture.with(null), 1, 30);
    for (int round = 0; round < 60; round++) {
      check.round(new Random(round), round, Files.createTempDirectory(directory, "round"));
    }
    assertEquals(60, check.failures());
  }
}
