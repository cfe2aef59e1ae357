package org.facetdb.spi;

import org.facetdb.spi.state.PluginState;
import org.facetdb.spi.type.LogicalType;

/** What the kernel gives a plug-in. Thread-safe; usable until {@link Plugin#close} returns. */
public interface PluginContext {
  /** The plug-in's name, as {@code CREATE EXTENSION} takes it. */
  String name();

  /** The version that is being loaded. */
  String version();

  /**
   * A built-in type by the name that SQL has for it, such as {@code text}, {@code bigint} or {@code
   * double precision}.
   *
   * @throws DatabaseException 42704 if there is none
   */
  LogicalType type(String name);

  /** The plug-in's own durable key space; the same one for all its versions. */
  PluginState state();

  /** The budget from which the plug-in's long-lived memory is reserved. */
  MemoryAccount memory();
}
