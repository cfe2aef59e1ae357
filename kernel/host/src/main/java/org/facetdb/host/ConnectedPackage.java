package org.facetdb.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.connect.ConnectContent;
import org.osgi.framework.connect.ConnectModule;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;

/**
 * A package as the OSGi framework sees it: headers to resolve, and a class loader that comes from
 * the package's module layer. The layer is defined when it is first asked for, after the resolver
 * has wired the package, because its wires say which libraries' layers are the parents. Guarded by
 * itself.
 */
final class ConnectedPackage implements ConnectModule, ConnectContent {
  /** The capability by which packages find the modules that they require. */
  static final String MODULE = "facetdb.module";

  private final Map<String, String> headers;
  private final Function<List<ModuleLayer>, ModuleLayer> definition;
  private final String loaderOf;
  private @Nullable Bundle bundle;
  private @Nullable ModuleLayer layer;

  /**
   * @param definition makes the layer from its parents
   * @param provided modules that other packages may require
   * @param required modules that only other packages can have
   */
  ConnectedPackage(
      PackageJar jar,
      Set<String> provided,
      Set<String> required,
      Function<List<ModuleLayer>, ModuleLayer> definition) {
    this.headers = headers(jar, provided, required);
    this.definition = definition;
    this.loaderOf = Objects.requireNonNull(jar.descriptor()).name();
  }

  private static Map<String, String> headers(
      PackageJar jar, Set<String> provided, Set<String> required) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Bundle-ManifestVersion", "2");
    headers.put("Bundle-SymbolicName", jar.bundleName());
    headers.put("Bundle-Version", jar.version());
    for (String header : List.of("Import-Package", "Export-Package")) {
      String value = jar.headers().get(header);
      if (value != null) {
        headers.put(header, value);
      }
    }
    List<String> provides = new ArrayList<>();
    provided.forEach(module -> provides.add("%s;%s=\"%s\"".formatted(MODULE, MODULE, module)));
    list(headers, jar, "Provide-Capability", provides);
    List<String> requires = new ArrayList<>();
    required.forEach(
        module -> requires.add("%s;filter:=\"(%s=%s)\"".formatted(MODULE, MODULE, module)));
    list(headers, jar, "Require-Capability", requires);
    return headers;
  }

  private static void list(
      Map<String, String> headers, PackageJar jar, String header, List<String> clauses) {
    String own = jar.headers().get(header);
    if (own != null && !own.isBlank()) {
      clauses.addFirst(own);
    }
    if (!clauses.isEmpty()) {
      headers.put(header, String.join(",", clauses));
    }
  }

  synchronized void installed(Bundle as) {
    bundle = as;
  }

  /** The layers of the libraries that the resolver has wired to this package. */
  synchronized List<ConnectedPackage> libraries(Function<Bundle, @Nullable ConnectedPackage> of) {
    List<ConnectedPackage> found = new ArrayList<>();
    BundleWiring wiring = Objects.requireNonNull(bundle).adapt(BundleWiring.class);
    for (BundleWire wire : wiring.getRequiredWires(null)) {
      ConnectedPackage provider = of.apply(wire.getProvider().getBundle());
      if (provider != null && provider != this && !found.contains(provider)) {
        found.add(provider);
      }
    }
    return found;
  }

  /** The package's layer, defined by the first call. */
  synchronized ModuleLayer layer(Function<Bundle, @Nullable ConnectedPackage> of) {
    if (layer == null) {
      layer = definition.apply(parents(of));
    }
    return layer;
  }

  /** The parents that the layer has or will have: the host's, then those of wired libraries. */
  List<ModuleLayer> parents(Function<Bundle, @Nullable ConnectedPackage> of) {
    List<ModuleLayer> parents = new ArrayList<>();
    parents.add(HostModules.layer());
    libraries(of).forEach(library -> parents.add(library.layer(of)));
    return parents;
  }

  @Override
  public ConnectContent getContent() {
    return this;
  }

  @Override
  public Optional<Map<String, String>> getHeaders() {
    return Optional.of(headers);
  }

  /** The framework needs nothing of the jar but its headers. */
  @Override
  public Iterable<String> getEntries() {
    return List.of();
  }

  @Override
  public Optional<ConnectEntry> getEntry(String path) {
    return Optional.empty();
  }

  @Override
  public synchronized Optional<ClassLoader> getClassLoader() {
    return Optional.ofNullable(layer).map(defined -> defined.findLoader(loaderOf));
  }

  @Override
  public void open() {}

  @Override
  public void close() {}
}
