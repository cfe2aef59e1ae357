package org.facetdb.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/** Folders for a run, removed afterwards. */
final class Scratch {
  private Scratch() {}

  /** An empty folder of this name, whatever was there before. */
  static Path fresh(Path parent, String name) throws IOException {
    Path folder = parent.resolve(name);
    delete(folder);
    return Files.createDirectories(folder);
  }

  /** The bytes of all files below a folder whose names end so. */
  static long bytes(Path folder, String suffix) throws IOException {
    long bytes = 0;
    try (var walk = Files.walk(folder)) {
      for (Path path : walk.filter(p -> p.toString().endsWith(suffix)).toList()) {
        bytes += Files.size(path);
      }
    }
    return bytes;
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (var walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}
