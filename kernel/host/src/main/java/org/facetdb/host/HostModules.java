package org.facetdb.host;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the modules of packages may require. Without state. */
final class HostModules {
  /** Modules of the host's layer that packages see beside the JDK's. */
  static final Set<String> SHARED = Set.of("org.facetdb.spi", "org.jspecify");

  private static final ModuleFinder JDK = ModuleFinder.ofSystem();

  private HostModules() {}

  /** The layer that holds the host: the parent of every package's layer. */
  static ModuleLayer layer() {
    ModuleLayer layer = PluginHost.class.getModule().getLayer();
    if (layer == null) {
      throw Refusals.internal("plug-ins need the kernel as modules, it is on a class path", null);
    }
    return layer;
  }

  static boolean isJdk(String module) {
    return !isOurs(module) && JDK.find(module).isPresent();
  }

  private static boolean isOurs(String module) {
    return module.equals("org.facetdb") || module.startsWith("org.facetdb.");
  }

  /**
   * Whether a module stands in the host's layer without being for packages. Requiring it would
   * succeed, so it must be refused or cut before a layer is defined.
   */
  static boolean isHidden(String module) {
    return !SHARED.contains(module)
        && !isJdk(module)
        && layer().configuration().findModule(module).isPresent();
  }

  /**
   * Says why a descriptor can't be accepted, as far as it can be told without a resolver.
   *
   * @param inside the modules of the package itself
   * @param libraries the modules of library packages
   */
  static @Nullable String problem(
      ModuleDescriptor descriptor, Set<String> inside, Set<String> libraries) {
    for (Requires requires : descriptor.requires()) {
      String name = requires.name();
      if (inside.contains(name) || SHARED.contains(name)) {
        continue;
      }
      if (isHidden(name) || isKernelName(name) && !libraries.contains(name)) {
        return "module %s requires %s, a module of the kernel, which plug-ins can't see: they see org.facetdb.spi"
            .formatted(descriptor.name(), name);
      }
      boolean optional = requires.modifiers().contains(Requires.Modifier.STATIC);
      if (!optional && isJdk(name) && layer().findModule(name).isEmpty()) {
        return "module %s requires %s of the JDK, without which this process was started: it takes --add-modules %s"
            .formatted(descriptor.name(), name, name);
      }
    }
    return null;
  }

  /** What a descriptor requires that may be embedded beside it, which is known when unpacked. */
  static Set<String> perhapsEmbedded(ModuleDescriptor descriptor) {
    return descriptor.requires().stream()
        .map(Requires::name)
        .filter(name -> !isJdk(name) && !(isKernelName(name) && isHidden(name)))
        .collect(Collectors.toSet());
  }

  private static boolean isKernelName(String module) {
    return isOurs(module)
        || module.startsWith("calcite.")
        || module.startsWith("avatica.")
        || module.startsWith("org.apache.felix");
  }
}
