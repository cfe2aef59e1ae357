package org.facetdb.host;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.module.ResolutionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/**
 * The modules of one package, unpacked into a folder of their own: the one at its root and those in
 * {@code lib/}, unless it shares these with its other versions. Thread-safe. Owns the folder, the
 * readers that were opened on its jars and a use of what it shares; closing it closes the readers,
 * removes the folder and ends the use.
 */
final class PackageModules implements AutoCloseable {
  private final PackageJar jar;
  private final Path folder;
  private final ModuleDescriptor root;
  private final Map<String, ModuleReference> references = new TreeMap<>();
  private final ModuleReaders readers = new ModuleReaders();
  private final @Nullable EmbeddedPool pool;
  private @Nullable EmbeddedModules shared;

  private PackageModules(PackageJar jar, Path folder, @Nullable EmbeddedPool pool) {
    this.jar = jar;
    this.folder = folder;
    this.pool = jar.sharesEmbedded() ? pool : null;
    this.root = Objects.requireNonNull(jar.descriptor());
  }

  private void read(boolean known) throws IOException {
    Path libraries = Files.createDirectories(folder.resolve("lib"));
    Path main = folder.resolve("package.jar");
    Files.copy(jar.file(), main);
    try (ZipFile zip = new ZipFile(main.toFile())) {
      List<ZipEntry> embedded = new ArrayList<>();
      for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
        ZipEntry entry = e.nextElement();
        if (PackageJar.EMBEDDED.matcher(entry.getName()).matches()) {
          embedded.add(entry);
        } else {
          JarBytes.verify(zip, entry);
        }
      }
      add(ModuleFinder.of(main).findAll());
      if (pool != null) {
        EmbeddedModules taken = pool.take(jar, zip, embedded);
        shared = taken;
        add(taken.references().values());
      } else {
        for (ZipEntry entry : embedded) {
          Path library = libraries.resolve(String.valueOf(Path.of(entry.getName()).getFileName()));
          JarBytes.copy(zip, entry, library);
          if (!known) {
            JarBytes.verify(library);
          }
        }
        add(ModuleFinder.of(libraries).findAll());
      }
    }
  }

  private void add(Collection<ModuleReference> found) {
    for (ModuleReference reference : found) {
      if (references.put(reference.descriptor().name(), reference) != null) {
        throw new FindException("two jars hold module " + reference.descriptor().name());
      }
    }
  }

  /**
   * Unpacks a package into a folder that doesn't exist yet, every entry of its jars compared with
   * its checksum.
   *
   * @param known whether the same package was unpacked before: what its embedded jars hold needn't
   *     be compared again, since their own bytes are
   * @param pool where packages that share their embedded jars do so; null where none does
   * @throws org.facetdb.spi.DatabaseException 55000 if its jars can't be read, are damaged, or
   *     require what packages can't see
   */
  static PackageModules unpack(
      PackageJar jar,
      Path folder,
      Set<String> libraries,
      boolean known,
      @Nullable EmbeddedPool pool) {
    PackageModules modules = new PackageModules(jar, folder, pool);
    try {
      modules.read(known);
    } catch (IOException | FindException e) {
      try {
        modules.close();
      } catch (DatabaseException second) {
        e.addSuppressed(second);
      }
      throw Refusals.refused(jar, "its jars can't be read: " + Refusals.text(e));
    }
    String problem = modules.problem(libraries);
    if (problem != null) {
      modules.close();
      throw Refusals.refused(jar, problem);
    }
    return modules;
  }

  private @Nullable String problem(Set<String> libraries) {
    for (String shared : HostModules.SHARED) {
      if (shared.startsWith("org.facetdb") && references.containsKey(shared)) {
        return "it packs " + shared + ", which the kernel provides";
      }
    }
    for (ModuleReference reference : references.values()) {
      ModuleDescriptor descriptor = withoutHidden(reference.descriptor());
      String problem = HostModules.problem(descriptor, names(), libraries);
      if (problem != null) {
        return problem;
      }
    }
    return shared == null ? null : sharingProblem();
  }

  /** Why the embedded modules can't do without the package's own, which changes. */
  private @Nullable String sharingProblem() {
    if (!missing().isEmpty()) {
      return PackageJar.SHARES_EMBEDDED + " goes with no library package: requires=" + missing();
    }
    for (ModuleReference reference : references.values()) {
      ModuleDescriptor descriptor = reference.descriptor();
      if (descriptor.requires().stream().anyMatch(r -> r.name().equals(root.name()))) {
        return PackageJar.SHARES_EMBEDDED + ", but " + descriptor.name() + " requires the package";
      }
      for (ModuleDescriptor.Provides provides : root.provides()) {
        String service = provides.service();
        String in = service.substring(0, Math.max(0, service.lastIndexOf('.')));
        if (!descriptor.name().equals(root.name()) && descriptor.packages().contains(in)) {
          return PackageJar.SHARES_EMBEDDED + ", but the package provides " + service;
        }
      }
    }
    return null;
  }

  /** What the package shares with its other versions, null for nothing. */
  @Nullable EmbeddedModules shared() {
    return shared;
  }

  PackageJar jar() {
    return jar;
  }

  String rootName() {
    return root.name();
  }

  /** The names of all modules in the package. */
  Set<String> names() {
    return references.keySet();
  }

  /** Modules that neither the package nor the host's layer has: libraries must have them. */
  Set<String> missing() {
    Set<String> missing = new TreeSet<>();
    for (ModuleReference reference : references.values()) {
      for (ModuleDescriptor.Requires requires : reference.descriptor().requires()) {
        String name = requires.name();
        if (!isStatic(requires)
            && !references.containsKey(name)
            && !HostModules.SHARED.contains(name)
            && !HostModules.isJdk(name)) {
          missing.add(name);
        }
      }
    }
    return missing;
  }

  private static boolean isStatic(ModuleDescriptor.Requires requires) {
    return requires.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC);
  }

  /**
   * Resolves the package's modules against its parents.
   *
   * @throws org.facetdb.spi.DatabaseException 55000 with the resolver's reason
   */
  Configuration resolve(List<ModuleLayer> parents) {
    Map<String, ModuleReference> tracked = new TreeMap<>();
    Set<String> roots = new HashSet<>(automatic());
    roots.add(root.name());
    references.forEach(
        (name, reference) ->
            tracked.put(
                name, readers.tracked(rewritten(reference.descriptor(), parents), reference)));
    return resolve(tracked, parents, roots);
  }

  /** Resolves the package's own module alone, the shared ones being in a parent. */
  Configuration resolveRoot(List<ModuleLayer> parents) {
    ModuleReference own = Objects.requireNonNull(references.get(root.name()));
    return resolve(
        Map.of(root.name(), readers.tracked(rewritten(own.descriptor(), parents), own)),
        parents,
        Set.of(root.name()));
  }

  /** Resolves the embedded modules without the package's own. */
  Configuration resolveEmbedded(
      Map<String, ModuleReference> embedded, ModuleReaders by, List<ModuleLayer> parents) {
    Map<String, ModuleReference> tracked = new TreeMap<>();
    embedded.forEach(
        (name, reference) ->
            tracked.put(name, by.tracked(withoutHidden(reference.descriptor()), reference)));
    return resolve(tracked, parents, embedded.keySet());
  }

  private Configuration resolve(
      Map<String, ModuleReference> found, List<ModuleLayer> parents, Set<String> roots) {
    try {
      return Configuration.resolveAndBind(
          finder(found),
          parents.stream().map(ModuleLayer::configuration).toList(),
          ModuleFinder.of(),
          roots);
    } catch (FindException | ResolutionException e) {
      throw Refusals.refused(jar, "its modules don't resolve: " + e.getMessage());
    }
  }

  private static ModuleFinder finder(Map<String, ModuleReference> found) {
    return new ModuleFinder() {
      @Override
      public java.util.Optional<ModuleReference> find(String name) {
        return java.util.Optional.ofNullable(found.get(name));
      }

      @Override
      public Set<ModuleReference> findAll() {
        return Set.copyOf(found.values());
      }
    };
  }

  /** The names of modules without a descriptor of their own. */
  Set<String> automatic() {
    return references.values().stream()
        .map(ModuleReference::descriptor)
        .filter(ModuleDescriptor::isAutomatic)
        .map(ModuleDescriptor::name)
        .collect(Collectors.toSet());
  }

  private ModuleDescriptor rewritten(ModuleDescriptor descriptor, List<ModuleLayer> parents) {
    if (descriptor.isAutomatic()) {
      return explicit(descriptor, parents);
    }
    return descriptor.name().equals(root.name()) && !jar.providers().isEmpty()
        ? copy(descriptor, r -> true, jar.providers())
        : withoutHidden(descriptor);
  }

  /** Cuts optional requirements of embedded libraries that only the kernel's own would meet. */
  private ModuleDescriptor withoutHidden(ModuleDescriptor descriptor) {
    Function<ModuleDescriptor.Requires, Boolean> keep =
        r -> !isStatic(r) || names().contains(r.name()) || !HostModules.isHidden(r.name());
    boolean whole = descriptor.requires().stream().allMatch(keep::apply);
    return whole || descriptor.isAutomatic() || descriptor.name().equals(root.name())
        ? descriptor
        : copy(descriptor, keep, List.of());
  }

  private static ModuleDescriptor copy(
      ModuleDescriptor of,
      Function<ModuleDescriptor.Requires, Boolean> keep,
      List<String> providers) {
    ModuleDescriptor.Builder copy =
        of.isOpen()
            ? ModuleDescriptor.newOpenModule(of.name())
            : ModuleDescriptor.newModule(of.name());
    of.requires().stream().filter(keep::apply).forEach(copy::requires);
    of.exports().forEach(copy::exports);
    of.opens().forEach(copy::opens);
    of.uses().forEach(copy::uses);
    of.provides().forEach(copy::provides);
    if (!providers.isEmpty()) {
      copy.provides(org.facetdb.spi.Plugin.class.getName(), providers);
    }
    return copy.packages(of.packages()).build();
  }

  /**
   * An automatic module would read the whole kernel. This one exports and opens as much, but reads
   * the JDK, what is shared and the libraries alone; the layer adds its neighbours. It finds
   * providers of services whose interfaces are its own or in the modules that it reads.
   */
  private ModuleDescriptor explicit(ModuleDescriptor of, List<ModuleLayer> parents) {
    ModuleDescriptor.Builder copy = ModuleDescriptor.newOpenModule(of.name());
    Set<String> services = new HashSet<>();
    Set<String> packages = new HashSet<>(of.packages());
    for (ModuleLayer parent : parents) {
      boolean library = parent != HostModules.layer();
      for (var module : visible(parent, library)) {
        if (!names().contains(module.name()) && !module.name().equals("java.base")) {
          copy.requires(module.name());
        }
        services.addAll(module.uses());
        module.exports().stream()
            .filter(exports -> !exports.isQualified())
            .forEach(exports -> packages.add(exports.source()));
      }
    }
    for (ModuleReference reference : references.values()) {
      reference.descriptor().provides().forEach(provides -> services.add(provides.service()));
    }
    services.stream()
        .filter(service -> packages.contains(service.substring(0, service.lastIndexOf('.'))))
        .forEach(copy::uses);
    of.packages().forEach(copy::exports);
    of.provides().forEach(copy::provides);
    return copy.requires("java.base").packages(of.packages()).build();
  }

  private static List<ModuleDescriptor> visible(ModuleLayer parent, boolean library) {
    List<ModuleDescriptor> found = new ArrayList<>();
    for (ModuleLayer layer = parent; layer != null; layer = first(layer.parents())) {
      for (Module module : layer.modules()) {
        String name = module.getName();
        boolean shared = HostModules.SHARED.contains(name) || HostModules.isJdk(name);
        if (library && layer == parent || !library && shared) {
          found.add(module.getDescriptor());
        }
      }
    }
    return found;
  }

  private static @Nullable ModuleLayer first(List<ModuleLayer> layers) {
    return layers.isEmpty() ? null : layers.getFirst();
  }

  @Override
  public void close() {
    try {
      readers.close();
      Folders.remove(folder);
      EmbeddedModules used = shared;
      shared = null;
      if (used != null && pool != null) {
        pool.release(used);
      }
    } catch (IOException e) {
      throw Refusals.io("an unpacked package must be removable", e);
    }
  }
}
