package org.facetdb.host;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The library packages of this process, whichever database asked for them first: native code can be
 * loaded once, and never leaves. Thread-safe. A library has one version; its files stay in a folder
 * of the process until it ends.
 */
final class Libraries {
  private record Loaded(String version, ModuleLayer layer) {}

  private static final Map<String, Loaded> LOADED = new HashMap<>();

  private Libraries() {}

  /** The version that the process holds, null if it holds none. */
  static synchronized @Nullable String version(String name) {
    Loaded loaded = LOADED.get(name);
    return loaded == null ? null : loaded.version();
  }

  /**
   * The library's layer, made by the first call.
   *
   * @param modules the names that other library packages have
   * @throws org.facetdb.spi.DatabaseException 55000 if another version is loaded, or the package
   *     can't be
   */
  static synchronized ModuleLayer layer(
      PackageJar jar, List<ModuleLayer> parents, Set<String> modules) {
    Loaded loaded = LOADED.get(jar.name());
    if (loaded == null) {
      PackageModules unpacked = PackageModules.unpack(jar, folder(), modules, false, null);
      try {
        loaded = new Loaded(jar.version(), PackageLayer.define(unpacked, parents));
      } catch (RuntimeException | Error e) {
        unpacked.close();
        throw e;
      }
      LOADED.put(jar.name(), loaded);
    } else if (!loaded.version().equals(jar.version())) {
      throw Refusals.refused(
          jar, "a library has one version in a process: loaded=" + loaded.version());
    }
    return loaded.layer();
  }

  private static Path folder() {
    try {
      Path parent = Files.createTempDirectory("facetdb-library-");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> discard(parent.toFile())));
      return parent.resolve("modules");
    } catch (IOException e) {
      throw Refusals.io("the folder for temporary files must be writable", e);
    }
  }

  /** Removes what can be removed: at the process's end there is nobody to tell of the rest. */
  private static void discard(File file) {
    File[] children = file.listFiles();
    if (children != null) {
      for (File child : children) {
        discard(child);
      }
    }
    file.delete();
  }
}
