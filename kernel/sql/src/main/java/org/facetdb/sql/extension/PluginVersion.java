package org.facetdb.sql.extension;

import java.util.List;
import org.facetdb.spi.Contribution;
import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.sql.PluginSource;
import org.jspecify.annotations.Nullable;

/**
 * A loaded version of a plug-in, with leases: it stays usable for as long as anybody holds one, and
 * is closed and unloaded when it was {@linkplain #retire retired} and the last lease has ended.
 * Safe for any number of threads.
 *
 * <p>Owns what was loaded.
 */
public final class PluginVersion {
  private final String name;
  private final String version;
  private final List<ScalarFunction> functions;
  private final List<RegisteredMethod> methods;
  private final Leases leases = new Leases(this::unload);
  private final Runnable afterClose;
  private PluginSource.@Nullable Loaded loaded;

  /**
   * Takes over a loaded plug-in.
   *
   * @param contributions as the plug-in listed them
   * @param afterClose runs when the version is unloaded
   */
  public PluginVersion(
      String name,
      String version,
      PluginSource.Loaded loaded,
      List<Contribution> contributions,
      Runnable afterClose) {
    this.name = name;
    this.version = version;
    this.loaded = loaded;
    this.afterClose = afterClose;
    this.functions =
        contributions.stream()
            .filter(ScalarFunction.class::isInstance)
            .map(c -> GuardedKernel.guard((ScalarFunction) c, this))
            .toList();
    this.methods =
        contributions.stream()
            .filter(IndexMethod.class::isInstance)
            .map(c -> new RegisteredMethod(this, (IndexMethod) c))
            .toList();
  }

  public String name() {
    return name;
  }

  public String version() {
    return version;
  }

  /** Scalar functions and operators, whose kernels call the plug-in. */
  public List<ScalarFunction> functions() {
    return functions;
  }

  public List<RegisteredMethod> methods() {
    return methods;
  }

  /** What is held while the version is used, and how it is retired. */
  public Leases leases() {
    return leases;
  }

  private void unload() {
    PluginSource.Loaded closing;
    synchronized (this) {
      closing = loaded;
      loaded = null;
    }
    if (closing == null) {
      return;
    }
    functions.forEach(f -> ((GuardedKernel) f.kernel()).clear());
    methods.forEach(RegisteredMethod::clear);
    try {
      closing.plugin().close();
    } catch (Exception e) {
      System.getLogger("org.facetdb")
          .log(System.Logger.Level.WARNING, "plug-in failed to close: name=" + name, e);
    } finally {
      try {
        closing.close();
      } finally {
        afterClose.run();
      }
    }
  }
}
