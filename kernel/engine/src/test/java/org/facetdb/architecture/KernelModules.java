package org.facetdb.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Our modules as this test run sees them on its module path. */
final class KernelModules {
  /** The root that holds {@code docs/}. */
  static final Path ROOT = root();

  private KernelModules() {}

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("kernel/engine/pom.xml"))) {
      folder = folder.getParent();
    }
    return folder;
  }

  /** Where each module's classes are: a folder or a jar. */
  static SortedMap<String, URI> locations() {
    SortedMap<String, URI> found = new TreeMap<>();
    ModuleLayer.boot().configuration().modules().stream()
        .map(module -> module.reference())
        .filter(module -> module.descriptor().name().startsWith("org.facetdb"))
        .forEach(module -> found.put(module.descriptor().name(), module.location().orElseThrow()));
    return found;
  }

  /** As written by the compiler, without what a test run patches in. */
  static ModuleDescriptor descriptor(String name, URI location) {
    return ModuleFinder.of(Path.of(location)).find(name).orElseThrow().descriptor();
  }

  static JavaClasses classes() throws MalformedURLException {
    List<java.net.URL> urls = new ArrayList<>();
    for (URI location : locations().values()) {
      boolean jar = location.getPath().endsWith(".jar");
      urls.add((jar ? URI.create("jar:" + location + "!/") : location).toURL());
    }
    return new ClassFileImporter().importUrls(urls);
  }
}
