package org.facetdb.bootstrap;

import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.module.ResolutionException;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;

/**
 * The kernel's module layer: one class loader, whose parent is the platform's, so that libraries of
 * the class path and those of the kernel never meet. Its parent layer is the boot layer.
 */
record KernelLayer(ModuleLayer layer) {
  private static final String KERNEL = "org.facetdb";

  /** The modules that load native code, as the distribution's launcher names them too. */
  private static final List<String> NATIVE =
      List.of(
          "org.lz4.java", "com.github.luben.zstd_jni", "org.facetdb.storage", "org.facetdb.host");

  private static final System.Logger LOGGER = System.getLogger("org.facetdb");

  static KernelLayer define(KernelJars jars) {
    ModuleFinder finder = finder(jars);
    Set<String> names = new HashSet<>();
    finder.findAll().forEach(module -> names.add(module.descriptor().name()));
    ModuleLayer boot = ModuleLayer.boot();
    ModuleLayer.Controller controller;
    try {
      // All are roots: automatic modules don't pull in the modules that they need.
      Configuration configuration =
          Configuration.resolve(finder, List.of(boot.configuration()), ModuleFinder.of(), names);
      controller =
          ModuleLayer.defineModulesWithOneLoader(
              configuration, List.of(boot), ClassLoader.getPlatformClassLoader());
    } catch (FindException | ResolutionException | LayerInstantiationException failure) {
      throw new KernelException(
          "cannot define the kernel's layer; in a process with few modules add"
              + " --add-modules ALL-SYSTEM",
          failure);
    }
    enableNative(controller);
    return new KernelLayer(controller.layer());
  }

  Driver driver() {
    return ServiceLoader.load(layer, Driver.class).stream()
        .filter(provider -> provider.type().getModule().getName().equals(KERNEL))
        .findFirst()
        .orElseThrow(() -> new KernelException("the kernel provides no driver", null))
        .get();
  }

  /**
   * Passes native access on where this process gave it to us. Asking without having it would print
   * warnings today and throw in a later Java.
   */
  @SuppressWarnings("restricted")
  private static void enableNative(ModuleLayer.Controller controller) {
    boolean allowed = KernelLayer.class.getModule().isNativeAccessEnabled();
    if (allowed) {
      for (String name : NATIVE) {
        controller.layer().findModule(name).ifPresent(controller::enableNativeAccess);
      }
    }
    if (!allowed) {
      LOGGER.log(
          System.Logger.Level.INFO,
          "FacetDB runs without native code, Java takes its place"
              + " (start Java with --enable-native-access="
              + owner()
              + ")");
    }
  }

  private static String owner() {
    String name = KernelLayer.class.getModule().getName();
    return name == null ? "ALL-UNNAMED" : name;
  }

  /** Finds named modules by their descriptors in the jars, automatic ones by those of the index. */
  private static ModuleFinder finder(KernelJars jars) {
    List<Path> named = new ArrayList<>();
    Map<String, ModuleReference> automatic = new HashMap<>();
    for (KernelIndex.Jar jar : jars.index().jars()) {
      Path file = jars.folder().resolve(jar.file());
      ModuleDescriptor descriptor = jar.automatic();
      if (descriptor == null) {
        named.add(file);
      } else {
        automatic.put(descriptor.name(), new JarModule(descriptor, file));
      }
    }
    return ModuleFinder.compose(
        new IndexedFinder(automatic), ModuleFinder.of(named.toArray(Path[]::new)));
  }

  private record IndexedFinder(Map<String, ModuleReference> modules) implements ModuleFinder {
    @Override
    public Optional<ModuleReference> find(String name) {
      return Optional.ofNullable(modules.get(name));
    }

    @Override
    public Set<ModuleReference> findAll() {
      return Set.copyOf(modules.values());
    }
  }
}
