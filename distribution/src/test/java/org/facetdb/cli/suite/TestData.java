package org.facetdb.cli.suite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the outside test data: {@code -Dfacetdb.testdata}, or {@code shared/data} beside the clone.
 */
public final class TestData {
  private TestData() {}

  /** The folder, empty where the machine doesn't have it. */
  public static Optional<Path> folder() {
    String configured = System.getProperty("facetdb.testdata");
    if (configured != null) {
      return Optional.of(Path.of(configured)).filter(Files::isDirectory);
    }
    @Nullable Path above = Path.of("").toAbsolutePath();
    while (above != null) {
      Path candidate = above.resolve("shared/data");
      if (Files.isDirectory(candidate)) {
        return Optional.of(candidate);
      }
      above = above.getParent();
    }
    return Optional.empty();
  }
}
