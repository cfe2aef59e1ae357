package org.facetdb.host;

import java.util.List;
import org.facetdb.spi.Plugin;

/**
 * One version of a plug-in, loaded into a module layer of its own. Thread-safe. Whoever loaded it
 * closes it, at the latest before the host is closed, which closes what is left.
 */
public interface LoadedPlugin extends AutoCloseable {
  /** The extension's name. */
  String name();

  /** The version as the manifest writes it. */
  String version();

  /** The names of what the manifest says that it contributes to SQL; perhaps none. */
  List<String> contributes();

  /**
   * The instance of the entry class, the only one. It was made and nothing more: whoever calls
   * {@link Plugin#contributions} also calls {@link Plugin#close}, before {@link #close}.
   *
   * @throws IllegalStateException after {@link #close}
   */
  Plugin entry();

  /**
   * Uninstalls the package and waits until the resolver has let go of it. Afterwards nothing here
   * refers to the plug-in, so its class loader is collected once the caller has dropped the entry
   * and what came from it. Classes that weren't loaded yet can't be any more. Does nothing the
   * second time.
   */
  @Override
  void close();
}
