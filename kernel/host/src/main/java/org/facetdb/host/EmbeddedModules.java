package org.facetdb.host;

import java.io.IOException;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The jars in {@code lib/} of a package that shares them, in a folder and a module layer of their
 * own: a version that embeds the same bytes as one that is loaded takes over its classes, and what
 * the machine has compiled of them. Guarded by the host. It ends with the last package that uses
 * it.
 */
final class EmbeddedModules {
  /**
   * What has to be the same.
   *
   * @param entries the name, length and checksum of each embedded jar, in the order of names
   */
  record Key(String extension, boolean nativeAccess, List<String> entries) {
    static Key of(PackageJar jar, List<? extends ZipEntry> embedded) {
      return new Key(
          jar.name(),
          jar.wantsNativeAccess(),
          embedded.stream()
              .map(e -> "%s %d %08x".formatted(e.getName(), e.getSize(), e.getCrc()))
              .sorted()
              .toList());
    }
  }

  private final Path folder;
  private final Map<String, ModuleReference> references = new TreeMap<>();
  private final ModuleReaders readers = new ModuleReaders();
  private @Nullable ModuleLayer layer;
  private int users;

  private EmbeddedModules(Path folder) {
    this.folder = folder;
  }

  /**
   * Unpacks embedded jars, every entry compared with its checksum.
   *
   * @param folder doesn't exist yet
   * @throws IOException if a jar is damaged or can't be written
   * @throws FindException if one is no module, or has no descriptor of its own
   */
  static EmbeddedModules unpack(ZipFile zip, List<? extends ZipEntry> embedded, Path folder)
      throws IOException {
    EmbeddedModules unpacked = new EmbeddedModules(folder);
    boolean done = false;
    try {
      Files.createDirectories(folder);
      for (ZipEntry entry : embedded) {
        Path library = folder.resolve(String.valueOf(Path.of(entry.getName()).getFileName()));
        JarBytes.copy(zip, entry, library);
        JarBytes.verify(library);
      }
      for (ModuleReference reference : ModuleFinder.of(folder).findAll()) {
        ModuleDescriptor descriptor = reference.descriptor();
        if (descriptor.isAutomatic()) {
          throw new FindException(
              PackageJar.SHARES_EMBEDDED + " needs a descriptor in each jar: " + descriptor.name());
        }
        unpacked.references.put(descriptor.name(), reference);
      }
      done = true;
      return unpacked;
    } finally {
      if (!done) {
        Folders.remove(folder);
      }
    }
  }

  /** The modules as they are in their jars, by name. */
  Map<String, ModuleReference> references() {
    return references;
  }

  /** The layer, defined by the first call. */
  ModuleLayer layer(PackageModules user) {
    if (layer == null) {
      layer = PackageLayer.defineEmbedded(user, references, readers);
    }
    return layer;
  }

  void use() {
    users++;
  }

  /** Ends one use; true if it was the last. */
  boolean release() {
    return --users == 0;
  }

  void close() throws IOException {
    readers.close();
    Folders.remove(folder);
  }
}
