package org.facetdb.cli.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * Copies of the packed full-text plug-in that call themselves another version, so that there are
 * two versions of each format. Stateless.
 */
final class SwapPackages {
  private SwapPackages() {}

  /** The order of the swaps: every second one changes the format. It begins with the first. */
  static final List<String> CYCLE = List.of("0.1.0", "0.1.1", "0.2.0", "0.2.1");

  /**
   * Makes versions 0.1.1 and 0.2.1 from the packed 0.1.0 and 0.2.0.
   *
   * @param packed the folder of the distribution
   * @return a new folder with the copies
   */
  static Path copies(Path packed, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Path jar : packages(packed)) {
      String version = header(jar, "Bundle-Version");
      String copied = version.replaceFirst("\\.0$", ".1");
      copy(jar, folder.resolve("fts-" + copied + ".jar"), copied);
    }
    return folder;
  }

  private static List<Path> packages(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(f -> f.getFileName().toString().matches("facetdb-fts-.*\\.jar")).toList();
    }
  }

  private static String header(Path jar, String name) throws IOException {
    try (JarInputStream in = new JarInputStream(Files.newInputStream(jar))) {
      return in.getManifest().getMainAttributes().getValue(name);
    }
  }

  private static void copy(Path from, Path to, String version) throws IOException {
    try (JarInputStream in = new JarInputStream(Files.newInputStream(from))) {
      Manifest manifest = new Manifest(in.getManifest());
      manifest.getMainAttributes().put(new Attributes.Name("Bundle-Version"), version);
      try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(to), manifest)) {
        for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
          out.putNextEntry(new JarEntry(entry.getName()));
          in.transferTo(out);
          out.closeEntry();
        }
      }
    }
  }
}
