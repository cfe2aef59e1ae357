package org.facetdb.sql.catalog;

import java.util.List;
import java.util.Objects;

/**
 * An extension that was created, as the catalog knows it. A dropped one stays on record while
 * something of it may be asked for, so that errors can name it. Immutable.
 *
 * @param version of the package
 * @param installed false once it was dropped
 * @param stateKeySpace the plug-in's own key space
 * @param contributes names of functions, operators and index methods
 */
public record ExtensionDefinition(
    String name, String version, boolean installed, int stateKeySpace, List<String> contributes) {
  public ExtensionDefinition {
    Objects.requireNonNull(name);
    Objects.requireNonNull(version);
    contributes = List.copyOf(contributes);
  }

  /** The same extension in another version. */
  public ExtensionDefinition withVersion(String newVersion, List<String> newContributes) {
    return new ExtensionDefinition(name, newVersion, true, stateKeySpace, newContributes);
  }

  /** The same extension after DROP EXTENSION. */
  public ExtensionDefinition dropped() {
    return new ExtensionDefinition(name, version, false, stateKeySpace, contributes);
  }
}
