package org.facetdb.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this process made the operating system write to devices, in any file: each page that it
 * dirtied, through calls or mapped memory, once until it was written. Stateless.
 */
final class WrittenBytes {
  private static final Path COUNTERS = Path.of("/proc/self/io");
  private static final String WRITTEN = "write_bytes: ";
  private static final int QUIET_ROUNDS = 5;

  private WrittenBytes() {}

  /** Whether this system counts them. */
  static boolean areCounted() {
    return Files.isReadable(COUNTERS);
  }

  static long now() throws IOException {
    for (String line : Files.readAllLines(COUNTERS)) {
      if (line.startsWith(WRITTEN)) {
        return Long.parseLong(line.substring(WRITTEN.length()));
      }
    }
    throw new IOException("no counter of bytes written: " + COUNTERS);
  }

  /** Waits until half a second has passed in which nothing was written. */
  static void awaitQuiet() throws IOException, InterruptedException {
    long last = now();
    int quiet = 0;
    while (quiet < QUIET_ROUNDS) {
      Thread.sleep(100);
      long current = now();
      quiet = current == last ? quiet + 1 : 0;
      last = current;
    }
  }
}
