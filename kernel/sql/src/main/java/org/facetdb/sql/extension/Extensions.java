package org.facetdb.sql.extension;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.facetdb.spi.Contribution;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.MemoryAccount;
import org.facetdb.spi.PluginContext;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.state.PluginState;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.PluginSource;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.ExtensionDefinition;
import org.facetdb.sql.function.FunctionRegistry;
import org.facetdb.sql.type.LogicalTypes;
import org.facetdb.storage.Store;
import org.jspecify.annotations.Nullable;

/**
 * The plug-ins of a database that are loaded. What they contribute is one immutable object behind
 * one reference; a change publishes the next one and retires what it replaces. Safe for any number
 * of threads. Owns the source of packages and what it loaded.
 */
public final class Extensions implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.facetdb.extension");

  private final PluginSource source;
  private final Store store;
  private final MemoryAccount memory;
  private final Map<String, PluginVersion> running = new TreeMap<>();
  private final Map<String, String> problems = new ConcurrentHashMap<>();
  private volatile Contributions current = Contributions.builtin();

  public Extensions(PluginSource source, Store store, MemoryAccount memory) {
    this.source = source;
    this.store = store;
    this.memory = memory;
  }

  /** What is contributed now. */
  public Contributions current() {
    return current;
  }

  /** The packages that could be installed. */
  public List<PluginSource.Available> available() {
    return source.available();
  }

  /** Why an installed extension isn't loaded, null if it is. */
  public @Nullable String problem(String extension) {
    return problems.get(extension);
  }

  /** The error for a name that an extension contributes which isn't loaded; null for others. */
  public @Nullable DatabaseException absence(CatalogSnapshot catalog, String what, String name) {
    for (ExtensionDefinition extension : catalog.extensions().values()) {
      if (current.version(extension.name()) == null && extension.contributes().contains(name)) {
        return absence(what, extension);
      }
    }
    for (PluginSource.Available found : source.available()) {
      if (found.problem() == null
          && found.contributes().contains(name)
          && catalog.extension(found.name()) == null) {
        return Faults.absent(what, found.name());
      }
    }
    return null;
  }

  private DatabaseException absence(String what, ExtensionDefinition extension) {
    if (!extension.installed()) {
      return Faults.absent(what, extension.name());
    }
    String problem = problem(extension.name());
    return problem == null
        ? Faults.dropped(what, extension.name())
        : Faults.notLoaded(what, extension, problem);
  }

  /** Loads the extensions of a catalog; one that can't be loaded is left out and remembered. */
  public synchronized void open(CatalogSnapshot catalog) {
    for (ExtensionDefinition extension : catalog.extensions().values()) {
      if (!extension.installed()) {
        continue;
      }
      try {
        running.put(
            extension.name(),
            load(extension.name(), extension.version(), extension.stateKeySpace()));
      } catch (DatabaseException e) {
        problems.put(extension.name(), String.valueOf(e.getMessage()));
        LOG.log(
            System.Logger.Level.WARNING,
            "extension is not loaded: name=" + extension.name() + " cause=" + e.getMessage());
      }
    }
    current = new Contributions(current.generation() + 1, running.values());
  }

  /**
   * The version that is meant: the one asked for, else the newest.
   *
   * @throws DatabaseException 58P01 if there is none
   */
  public String resolve(String name, @Nullable String version) {
    List<String> versions = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    String problem = null;
    for (PluginSource.Available available : source.available()) {
      String why = available.problem();
      boolean unknown = why != null && available.version().isEmpty();
      if (unknown) {
        unreadable.add(available.name() + ": " + why);
      }
      if (!available.name().equals(name)) {
        continue;
      }
      if (why == null) {
        versions.add(available.version());
      } else if (version == null || unknown || version.equals(available.version())) {
        problem = why;
      }
    }
    if (version == null ? !versions.isEmpty() : versions.contains(version)) {
      return version != null ? version : versions.stream().max(Extensions::compareVersions).get();
    }
    DatabaseException refusal =
        DatabaseException.user(
            "58P01",
            version == null || versions.isEmpty()
                ? "extension \"" + name + "\" is not available"
                : "extension \"" + name + "\" has no version \"" + version + "\"");
    if (problem != null) {
      throw refusal.withDetail(problem);
    }
    if (!versions.isEmpty()) {
      throw refusal.withDetail("Available: " + String.join(", ", versions));
    }
    // What such packages hold, nobody knows: perhaps the one that is missed.
    throw (unreadable.isEmpty()
            ? refusal
            : refusal.withDetail("Packages that can't be used: " + String.join("; ", unreadable)))
        .withHint(source.hint());
  }

  /** Orders versions part by part, numbers as numbers. */
  public static int compareVersions(String a, String b) {
    String[] left = a.split("[.\\-+]");
    String[] right = b.split("[.\\-+]");
    for (int i = 0; i < Math.max(left.length, right.length); i++) {
      String l = i < left.length ? left[i] : "0";
      String r = i < right.length ? right[i] : "0";
      boolean numbers = l.matches("\\d{1,18}") && r.matches("\\d{1,18}");
      int order = numbers ? Long.compare(Long.parseLong(l), Long.parseLong(r)) : l.compareTo(r);
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  /**
   * Loads and starts a version without publishing it.
   *
   * @throws DatabaseException with the reason; what served before goes on serving
   */
  public PluginVersion load(String name, String version, int stateKeySpace) {
    PluginSource.Loaded loaded = source.load(name, version);
    try {
      List<Contribution> contributions =
          loaded.plugin().contributions(new Context(name, version, stateKeySpace));
      requireNew(name, contributions);
      PluginVersion made = new PluginVersion(name, version, loaded, contributions, () -> {});
      requirePromised(made, loaded.contributes());
      return made;
    } catch (DatabaseException e) {
      close(loaded);
      throw e;
    } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
      close(loaded);
      throw new DatabaseException(
          "38000",
          DatabaseException.Category.INTERNAL,
          "extension \"" + name + "\" failed to start: " + Faults.describe(e),
          "version=" + version,
          null,
          0,
          null);
    }
  }

  private static void close(PluginSource.Loaded loaded) {
    try (loaded) {
      loaded.plugin().close();
    } catch (Exception | LinkageError e) {
      LOG.log(System.Logger.Level.WARNING, "plug-in failed to close", e);
    }
  }

  private void requireNew(String extension, List<Contribution> contributions) {
    Map<String, String> owners = new LinkedHashMap<>();
    synchronized (this) {
      for (PluginVersion other : running.values()) {
        if (!other.name().equals(extension)) {
          other.methods().forEach(m -> owners.put(m.name(), other.name()));
        }
      }
    }
    for (Contribution contribution : contributions) {
      if (contribution instanceof ScalarFunction function) {
        if (FunctionRegistry.builtin().exact(function.name(), function.parameterTypes()) != null) {
          throw DatabaseException.user(
              "42723",
              "function %s of extension \"%s\" is built in with the same argument types"
                  .formatted(function.name(), extension));
        }
      } else if (owners.containsKey(contribution.name())) {
        throw DatabaseException.user(
            "42710",
            "index method "
                + contribution.name()
                + " is contributed by extension \""
                + owners.get(contribution.name())
                + "\" already");
      }
    }
  }

  /** Refuses a version whose package promises what it doesn't contribute. */
  private static void requirePromised(PluginVersion version, List<String> promised) {
    List<String> missing = new ArrayList<>(promised);
    missing.removeAll(names(version));
    if (!missing.isEmpty()) {
      throw DatabaseException.user(
          "55000",
          "package %s %s is refused: FacetDB-Contributes names what it doesn't contribute: %s"
              .formatted(version.name(), version.version(), String.join(", ", missing)));
    }
  }

  /** Names that a version contributes, search operators and functions among them. */
  public static List<String> names(PluginVersion version) {
    List<String> names = new ArrayList<>();
    version.functions().forEach(f -> names.add(f.name()));
    for (RegisteredMethod method : version.methods()) {
      names.add(method.name());
      method.operators().forEach(o -> names.add(o.symbol()));
      method.functions().forEach(f -> names.add(f.name()));
    }
    return names.stream().distinct().sorted(Comparator.naturalOrder()).toList();
  }

  /**
   * Publishes a version in place of the one that served, or takes an extension away.
   *
   * @param next null to take it away
   * @return what served before; the caller retires it once nothing new can take it
   */
  public synchronized @Nullable PluginVersion publish(String name, @Nullable PluginVersion next) {
    PluginVersion before = next == null ? running.remove(name) : running.put(name, next);
    problems.remove(name);
    current = new Contributions(current.generation() + 1, running.values());
    return before;
  }

  /** Ends all plug-ins. Nothing may use them any more. */
  @Override
  public synchronized void close() {
    current = Contributions.builtin();
    running.values().forEach(version -> version.leases().retire());
    running.clear();
    source.close();
  }

  private final class Context implements PluginContext {
    private final String name;
    private final String version;
    private final PluginState state;

    Context(String name, String version, int stateKeySpace) {
      this.name = name;
      this.version = version;
      this.state = new KeySpaceState(store, stateKeySpace);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String version() {
      return version;
    }

    @Override
    public LogicalType type(String typeName) {
      LogicalType type = LogicalTypes.byName(typeName);
      if (type == null) {
        throw DatabaseException.user("42704", "type \"" + typeName + "\" does not exist");
      }
      return type;
    }

    @Override
    public PluginState state() {
      return state;
    }

    @Override
    public MemoryAccount memory() {
      return memory;
    }
  }
}
