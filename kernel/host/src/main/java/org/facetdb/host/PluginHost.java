package org.facetdb.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.facetdb.host.PluginPackage.Kind;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.Plugin;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * The plug-ins of one database: finds packages in folders, judges them, loads and unloads versions
 * of them. Thread-safe; loads happen one after the other. A refused package harms nothing that is
 * loaded. Owns its scratch folder, the framework, which starts with the first load, and what is
 * loaded; library packages belong to the process.
 */
public final class PluginHost implements AutoCloseable {
  private final Path scratch;
  private final PackageFolders folders;
  private final EmbeddedPool embedded;
  private final Set<HostedPlugin> loaded = new HashSet<>();
  private final Map<PackageJar, Bundle> libraries = new LinkedHashMap<>();
  private @Nullable Container container;
  private long unpacked;
  private boolean closed;

  private PluginHost(List<Path> folders, Path scratch) {
    this.folders = new PackageFolders(folders);
    this.scratch = scratch.toAbsolutePath().normalize();
    this.embedded = new EmbeddedPool(this.scratch);
    Folders.make(this.scratch);
    Folders.empty(this.scratch);
  }

  /**
   * Opens a host. Cheap: no package is read yet.
   *
   * @param folders hold packages ({@code *.jar}); of two with the same name and version the first
   *     counts; a folder that isn't there holds none
   * @param scratch a folder of this host alone, where packages are unpacked; made if absent,
   *     emptied now and at the close
   * @throws DatabaseException 58030 if the scratch folder can't be made
   */
  public static PluginHost open(List<Path> folders, Path scratch) {
    return new PluginHost(folders, scratch);
  }

  /**
   * The packages that lie in the folders now. Jars whose size and time are unchanged aren't read
   * again. The problems are those that the jar's own descriptor and manifest show, and the one with
   * which {@link #load} refused it last; {@link #check} looks deeper.
   *
   * @throws DatabaseException 58030 if a folder can't be read
   */
  public synchronized List<PluginPackage> packages() {
    List<PluginPackage> shown = new ArrayList<>();
    folders.scan().forEach((jar, problem) -> shown.add(jar.shown(problem)));
    return List.copyOf(shown);
  }

  /**
   * Judges one package, which need not be in a folder: unpacks it and resolves what it requires
   * against the libraries in the folders. Runs none of its code, so an entry class that fails isn't
   * noticed.
   *
   * @return the package with its problem, or with null if it can be loaded
   * @throws DatabaseException 58P01 if there is no such file, 42809 if it is a directory
   */
  public synchronized PluginPackage check(Path file) {
    requireOpen();
    PackageJar.Stamp stamp = PackageJar.Stamp.of(file);
    if (stamp == null) {
      throw Files.exists(file)
          ? DatabaseException.user("42809", "a package is a file, this is none: " + file)
          : Refusals.absent("package file does not exist: " + file);
    }
    PackageJar jar = PackageJar.read(file.toAbsolutePath().normalize(), stamp);
    Map<PackageJar, @Nullable String> found = folders.scan();
    String problem = jar.problemAmong(PackageFolders.modules(found.keySet()));
    if (problem == null) {
      try (Resolved resolved = new Resolved(jar, found, false)) {
        resolved.checkModules();
      } catch (DatabaseException e) {
        problem = e.getMessage();
      }
    }
    return jar.shown(problem);
  }

  /**
   * Loads a version of a plug-in and makes its entry. Several versions of a name may be loaded at
   * the same time.
   *
   * @throws DatabaseException 58P01 if there is no such package, 55000 with the reason if it is
   *     refused
   */
  public synchronized LoadedPlugin load(String name, String version) {
    requireOpen();
    Map<PackageJar, @Nullable String> found = folders.scan();
    PackageJar jar = find(found, name, version);
    try {
      return loadNoted(jar, found);
    } catch (DatabaseException e) {
      folders.noteRefused(jar, String.valueOf(e.getMessage()));
      // A whole one may lie beside a damaged one.
      Map<PackageJar, @Nullable String> others = folders.scan();
      for (Map.Entry<PackageJar, @Nullable String> other : others.entrySet()) {
        PackageJar same = other.getKey();
        if (other.getValue() == null && same.kind() == Kind.PLUGIN && same.isSame(name, version)) {
          return loadNoted(same, others);
        }
      }
      throw e;
    }
  }

  private LoadedPlugin loadNoted(PackageJar jar, Map<PackageJar, @Nullable String> found) {
    HostedPlugin plugin = load(jar, found);
    loaded.add(plugin);
    folders.noteLoaded(jar);
    return plugin;
  }

  private PackageJar find(Map<PackageJar, @Nullable String> found, String name, String version) {
    Set<String> versions = new TreeSet<>();
    PackageJar broken = null;
    List<String> unreadable = new ArrayList<>();
    for (PackageJar jar : found.keySet()) {
      if (jar.headers().isEmpty()) {
        unreadable.add(String.valueOf(jar.problem()));
      }
      if (jar.kind() == Kind.PLUGIN && jar.name().equals(name)) {
        if (jar.version().equals(version) && jar.descriptor() != null) {
          return jar;
        }
        if (jar.version().equals(version) || jar.version().isEmpty() && broken == null) {
          broken = jar;
        }
        if (jar.descriptor() != null) {
          versions.add(jar.version());
        }
      }
    }
    if (broken != null) {
      throw Refusals.refused(broken, String.valueOf(broken.problem()));
    }
    String absence =
        versions.isEmpty()
            ? "no package holds plug-in " + name
            : "plug-in %s has no version %s: there are %s"
                .formatted(name, version, String.join(", ", versions));
    // What such a package held, nobody knows: perhaps the one that is missed.
    throw Refusals.absent(
        unreadable.isEmpty() ? absence : absence + "; " + String.join("; ", unreadable));
  }

  private HostedPlugin load(PackageJar jar, Map<PackageJar, @Nullable String> found) {
    String problem = jar.problemAmong(PackageFolders.modules(found.keySet()));
    if (problem != null) {
      throw Refusals.refused(jar, problem);
    }
    Resolved resolved = new Resolved(jar, found, folders.wasLoaded(jar));
    try {
      ModuleLayer layer = resolved.layer();
      Plugin entry = entry(jar, layer, layer.findLoader(resolved.modules.rootName()));
      return new HostedPlugin(
          jar, new HostedPlugin.Parts(entry, resolved.bundle, resolved.modules), this::unload);
    } catch (RuntimeException | Error e) {
      resolved.close();
      throw e;
    }
  }

  /** A package that the framework has resolved; closing it takes it out again. */
  private final class Resolved implements AutoCloseable {
    final PackageModules modules;
    final ConnectedPackage content;
    final Bundle bundle;
    private final Container in;

    Resolved(PackageJar jar, Map<PackageJar, @Nullable String> found, boolean known) {
      in = container();
      Map<PackageJar, String> passedOver = installLibraries(found);
      modules =
          PackageModules.unpack(
              jar,
              scratch.resolve("package-" + unpacked++),
              PackageFolders.modules(found.keySet()),
              known,
              embedded);
      content =
          new ConnectedPackage(
              jar, Set.of(), modules.missing(), parents -> PackageLayer.define(modules, parents));
      Bundle installed = null;
      try {
        installed = in.install(content, jar);
        in.start(installed, jar);
      } catch (DatabaseException e) {
        if (installed != null) {
          in.uninstall(installed);
        }
        modules.close();
        throw passedOver.isEmpty()
            ? e
            : e.withHint("Libraries that were passed over: " + passedOver.values());
      }
      bundle = installed;
    }

    ModuleLayer layer() {
      return content.layer(in::content);
    }

    /** Resolves the modules without defining a layer, unless that would load a library. */
    void checkModules() {
      if (content.libraries(in::content).isEmpty()) {
        modules.resolve(List.of(HostModules.layer()));
      }
    }

    @Override
    public void close() {
      in.uninstall(bundle);
      modules.close();
    }
  }

  private Container container() {
    if (container == null) {
      container = new Container(scratch.resolve("framework"));
    }
    return container;
  }

  /**
   * Makes the framework's libraries those of the folders, but for wired ones, which stay.
   *
   * @return libraries that can't be used, with the reason
   */
  private Map<PackageJar, String> installLibraries(Map<PackageJar, @Nullable String> found) {
    Container in = container();
    Map<PackageJar, String> passedOver = new LinkedHashMap<>();
    for (Iterator<Map.Entry<PackageJar, Bundle>> i = libraries.entrySet().iterator();
        i.hasNext(); ) {
      Map.Entry<PackageJar, Bundle> library = i.next();
      if (!found.containsKey(library.getKey())
          && library.getValue().getState() == Bundle.INSTALLED) {
        in.uninstall(library.getValue());
        i.remove();
      }
    }
    found.forEach(
        (jar, problem) -> {
          if (jar.kind() == Kind.LIBRARY && !libraries.containsKey(jar)) {
            String reason = problem != null ? problem : heldBack(jar);
            if (reason == null) {
              reason = install(in, jar, PackageFolders.modules(found.keySet()));
            }
            if (reason != null) {
              passedOver.put(jar, jar.name() + " " + jar.version() + ": " + reason);
            }
          }
        });
    return passedOver;
  }

  private static @Nullable String heldBack(PackageJar jar) {
    String held = Libraries.version(jar.name());
    return held == null || held.equals(jar.version())
        ? null
        : "the process holds version " + held + " until it ends";
  }

  private @Nullable String install(Container in, PackageJar jar, Set<String> modules) {
    try (PackageModules look =
        PackageModules.unpack(
            jar, scratch.resolve("package-" + unpacked++), modules, false, null)) {
      ConnectedPackage content =
          new ConnectedPackage(
              jar, look.names(), look.missing(), parents -> Libraries.layer(jar, parents, modules));
      libraries.put(jar, in.install(content, jar));
      return null;
    } catch (DatabaseException e) {
      return e.getMessage();
    }
  }

  /** Makes the entry, with the plug-in's loader as the thread's, which else leads to the kernel. */
  private static Plugin entry(PackageJar jar, ModuleLayer layer, ClassLoader loader) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      List<ServiceLoader.Provider<Plugin>> providers =
          ServiceLoader.load(layer, Plugin.class).stream()
              .filter(provider -> provider.type().getModule().getLayer() == layer)
              .toList();
      if (providers.size() != 1) {
        throw Refusals.refused(
            jar, "it provides one org.facetdb.spi.Plugin: found=" + providers.size());
      }
      return providers.getFirst().get();
    } catch (Error e) {
      if (e instanceof VirtualMachineError && !(e instanceof StackOverflowError)) {
        throw e;
      }
      // The error itself would keep the plug-in's classes reachable, so it is told, not passed on.
      Throwable cause = e.getCause();
      Throwable told = e instanceof ServiceConfigurationError && cause != null ? cause : e;
      throw Refusals.refused(jar, "its entry class fails: " + Refusals.text(told))
          .withDetail(trace(told));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static String trace(Throwable failure) {
    StringBuilder trace = new StringBuilder();
    for (StackTraceElement element : failure.getStackTrace()) {
      trace.append(trace.isEmpty() ? "at " : "\nat ").append(element);
      if (trace.length() > 500) {
        break;
      }
    }
    return trace.toString();
  }

  private synchronized void unload(HostedPlugin plugin) {
    HostedPlugin.Parts parts = plugin.take();
    if (parts == null) {
      return;
    }
    loaded.remove(plugin);
    try {
      container().uninstall(parts.bundle());
    } finally {
      parts.modules().close();
      SharedHandles.displace();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("plug-in host is closed: scratch=" + scratch);
    }
  }

  /** Closes what is loaded, stops the framework and empties the scratch folder. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      List.copyOf(loaded).forEach(this::unload);
      if (container != null) {
        container.close();
      }
    } finally {
      Folders.empty(scratch);
    }
  }
}
