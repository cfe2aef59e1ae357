package org.facetdb.host;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The embedded modules that packages of one host share. Guarded by the host; owns them. */
final class EmbeddedPool {
  private final Path scratch;
  private final Map<EmbeddedModules.Key, EmbeddedModules> live = new HashMap<>();
  private long unpacked;

  /**
   * @param scratch where to unpack
   */
  EmbeddedPool(Path scratch) {
    this.scratch = scratch;
  }

  /**
   * The embedded modules of a package, unpacked unless another version has the same. The caller
   * {@linkplain #release releases} them.
   *
   * @throws IOException if a jar is damaged or can't be written
   * @throws java.lang.module.FindException see {@link EmbeddedModules#unpack}
   */
  EmbeddedModules take(PackageJar jar, ZipFile zip, List<? extends ZipEntry> embedded)
      throws IOException {
    EmbeddedModules.Key key = EmbeddedModules.Key.of(jar, embedded);
    EmbeddedModules known = live.get(key);
    if (known == null) {
      known = EmbeddedModules.unpack(zip, embedded, scratch.resolve("embedded-" + unpacked++));
      live.put(key, known);
    } else {
      // This package may be damaged where the other one is not.
      for (ZipEntry entry : embedded) {
        JarBytes.verify(zip, entry);
      }
    }
    known.use();
    return known;
  }

  void release(EmbeddedModules used) throws IOException {
    if (used.release()) {
      live.values().remove(used);
      used.close();
    }
  }
}
