package org.facetdb.host;

import java.lang.module.Configuration;
import java.lang.module.ModuleReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Defines module layers: one for each package, with one class loader that has no parent, and one
 * for what versions of a package share.
 */
final class PackageLayer {
  private PackageLayer() {}

  /**
   * @param parents the host's layer, then those of wired libraries
   * @throws org.facetdb.spi.DatabaseException 55000 with the reason if the modules don't fit
   */
  static ModuleLayer define(PackageModules modules, List<ModuleLayer> parents) {
    boolean nativeAccess = modules.jar().wantsNativeAccess();
    if (nativeAccess && !PackageLayer.class.getModule().isNativeAccessEnabled()) {
      throw Refusals.refused(
          modules.jar(),
          "it wants native access, which module org.facetdb.host can't pass on: start the process"
              + " with --enable-native-access=org.facetdb.host");
    }
    EmbeddedModules shared = modules.shared();
    if (shared == null) {
      return define(modules, modules.resolve(parents), parents, modules.automatic());
    }
    // First, since the process may have modules of the same names.
    List<ModuleLayer> own = new ArrayList<>(List.of(shared.layer(modules)));
    own.addAll(parents);
    return define(modules, modules.resolveRoot(own), own, Set.of());
  }

  /** Defines the layer of embedded modules that several versions of a package share. */
  static ModuleLayer defineEmbedded(
      PackageModules user, Map<String, ModuleReference> embedded, ModuleReaders readers) {
    List<ModuleLayer> parents = List.of(HostModules.layer());
    return define(user, user.resolveEmbedded(embedded, readers, parents), parents, Set.of());
  }

  private static ModuleLayer define(
      PackageModules modules,
      Configuration configuration,
      List<ModuleLayer> parents,
      Set<String> automatic) {
    ModuleLayer.Controller controller;
    try {
      controller = ModuleLayer.defineModulesWithOneLoader(configuration, parents, null);
    } catch (LayerInstantiationException e) {
      throw Refusals.refused(modules.jar(), "its modules don't fit together: " + e.getMessage());
    }
    link(controller, automatic);
    if (modules.jar().wantsNativeAccess()) {
      enableNativeAccess(controller);
    }
    return controller.layer();
  }

  /** Nobody declares what automatic modules need of each other, so all read them. */
  private static void link(ModuleLayer.Controller controller, Set<String> automatic) {
    for (String name : automatic) {
      Module target = controller.layer().findModule(name).orElseThrow();
      for (Module source : controller.layer().modules()) {
        controller.addReads(source, target);
      }
    }
  }

  @SuppressWarnings("restricted") // the caller has made sure that the host may pass it on
  private static void enableNativeAccess(ModuleLayer.Controller controller) {
    controller.layer().modules().forEach(controller::enableNativeAccess);
  }
}
