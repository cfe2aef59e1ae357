package org.facetdb.spi;

import java.util.List;

/**
 * The entry class of a plug-in: a public class with a public constructor without parameters, which
 * the module descriptor provides as a service. It only lists what the plug-in contributes. The
 * kernel makes one instance for each version that it loads, and drops it when that version has
 * drained; nothing of the plug-in may live on in static fields of other modules, in threads or in
 * shutdown hooks.
 */
public interface Plugin extends AutoCloseable {
  /**
   * Lists the contributions. Called once, before anything else. An exception means that this
   * version can't be used: it is refused, and a version that served before goes on serving.
   */
  List<Contribution> contributions(PluginContext context);

  /** Ends what {@link #contributions} began. Called once, after the last use of a contribution. */
  @Override
  default void close() {}
}
