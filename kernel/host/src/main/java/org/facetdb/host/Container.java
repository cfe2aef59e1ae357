package org.facetdb.host;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.connect.ConnectFrameworkFactory;
import org.osgi.framework.connect.ConnectModule;
import org.osgi.framework.connect.ModuleConnector;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * The OSGi framework: resolves packages and keeps their life cycle; it loads no class. Thread-safe
 * as far as the framework is. Owns the framework and its cache folder.
 */
final class Container implements AutoCloseable {
  private static final long WAIT_SECONDS = 30;

  private final Map<String, ConnectedPackage> contents = new ConcurrentHashMap<>();
  private final Framework framework;
  private long installed;

  /** Starts a framework, which takes some 100 ms. */
  Container(Path cache) {
    ConnectFrameworkFactory factory =
        ServiceLoader.load(HostModules.layer(), ConnectFrameworkFactory.class)
            .findFirst()
            .orElseThrow(() -> Refusals.internal("the kernel has no OSGi framework", null));
    framework = factory.newFramework(settings(cache), new Connector());
    try {
      framework.start();
    } catch (BundleException e) {
      throw Refusals.internal("the plug-in framework can't start: " + e.getMessage(), e);
    }
  }

  private static Map<String, String> settings(Path cache) {
    List<String> packages = new ArrayList<>();
    for (String module : HostModules.SHARED) {
      HostModules.layer()
          .findModule(module)
          .ifPresent(
              found ->
                  found.getDescriptor().exports().stream()
                      .filter(exports -> !exports.isQualified())
                      .forEach(exports -> packages.add(exports.source() + ";version=\"1.0\"")));
    }
    return Map.of(
        Constants.FRAMEWORK_STORAGE,
        cache.toString(),
        Constants.FRAMEWORK_STORAGE_CLEAN,
        Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT,
        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
        String.join(",", packages),
        Constants.FRAMEWORK_SYSTEMCAPABILITIES_EXTRA,
        "osgi.ee;osgi.ee=\"JavaSE\";version:List<Version>=\"" + releases() + "\"",
        Constants.FRAMEWORK_BSNVERSION,
        Constants.FRAMEWORK_BSNVERSION_MULTIPLE,
        "felix.service.urlhandlers",
        "false",
        "felix.shutdown.hook",
        "false",
        "felix.log.level",
        "0");
  }

  /** The Java releases that this one stands for, which the framework may be too old to know. */
  private static String releases() {
    return java.util.stream.IntStream.rangeClosed(9, Runtime.version().feature())
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(","));
  }

  /** Puts a package into the framework, unresolved. */
  Bundle install(ConnectedPackage content, PackageJar jar) {
    String location;
    synchronized (this) {
      location = "facetdb:" + jar.name() + ":" + jar.version() + ":" + installed++;
    }
    contents.put(location, content);
    try {
      Bundle bundle = framework.getBundleContext().installBundle(location);
      content.installed(bundle);
      return bundle;
    } catch (BundleException e) {
      contents.remove(location);
      throw Refusals.refused(jar, "its manifest is wrong: " + e.getMessage());
    }
  }

  /**
   * Resolves and starts a package.
   *
   * @throws org.facetdb.spi.DatabaseException 55000 that names what is missing
   */
  void start(Bundle bundle, PackageJar jar) {
    try {
      bundle.start();
    } catch (BundleException e) {
      List<String> missing = missing(bundle);
      throw Refusals.refused(
          jar,
          missing.isEmpty()
              ? "the resolver says: " + e.getMessage()
              : "no package provides what it requires: " + String.join(", ", missing));
    }
  }

  private List<String> missing(Bundle bundle) {
    List<String> missing = new ArrayList<>();
    FrameworkWiring wiring = framework.adapt(FrameworkWiring.class);
    for (BundleRequirement requirement :
        bundle.adapt(BundleRevision.class).getDeclaredRequirements(null)) {
      Map<String, String> directives = requirement.getDirectives();
      boolean optional =
          Constants.RESOLUTION_OPTIONAL.equals(directives.get(Constants.RESOLUTION_DIRECTIVE));
      if (!optional && wiring.findProviders(requirement).isEmpty()) {
        missing.add(described(requirement, directives.getOrDefault("filter", "")));
      }
    }
    return missing;
  }

  private static String described(BundleRequirement requirement, String filter) {
    return switch (requirement.getNamespace()) {
      case ConnectedPackage.MODULE ->
          "module " + filter.substring(filter.indexOf('=') + 1, filter.length() - 1);
      case PackageNamespace.PACKAGE_NAMESPACE -> "package " + filter;
      default -> requirement.getNamespace() + " " + filter;
    };
  }

  /** The content of a bundle, null for the framework itself. */
  @Nullable ConnectedPackage content(Bundle bundle) {
    return contents.get(bundle.getLocation());
  }

  /** Takes a package out and waits until nothing of the framework refers to it. */
  void uninstall(Bundle bundle) {
    CompletableFuture<Void> refreshed = new CompletableFuture<>();
    try {
      bundle.uninstall();
      framework
          .adapt(FrameworkWiring.class)
          .refreshBundles(List.of(bundle), event -> refreshed.complete(null));
      refreshed.orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join();
    } catch (BundleException | CompletionException e) {
      throw Refusals.internal("a package can't be uninstalled: " + bundle.getLocation(), e);
    } finally {
      contents.remove(bundle.getLocation());
    }
  }

  @Override
  public void close() {
    try {
      framework.stop();
      framework.waitForStop(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
    } catch (BundleException e) {
      throw Refusals.internal("the plug-in framework can't stop: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it stops by itself, and the caller wants to go on
    }
  }

  /** Hands out contents by location. */
  private final class Connector implements ModuleConnector {
    @Override
    public void initialize(File storage, Map<String, String> configuration) {}

    @Override
    public Optional<ConnectModule> connect(String location) {
      return Optional.ofNullable(contents.get(location));
    }

    @Override
    public Optional<BundleActivator> newBundleActivator() {
      return Optional.empty();
    }
  }
}
