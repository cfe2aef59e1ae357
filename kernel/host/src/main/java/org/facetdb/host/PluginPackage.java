package org.facetdb.host;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A package as it lies in a folder. Immutable.
 *
 * @param file the jar
 * @param name the extension's or the library's name; the file's where the jar doesn't tell
 * @param version as the manifest writes it; empty where the jar doesn't tell
 * @param description one line, empty where there is none
 * @param contributes what the header {@code FacetDB-Contributes} lists: names of functions,
 *     operators and index methods; empty where the package doesn't tell
 * @param problem why the package can't be loaded, null if nothing speaks against it
 */
public record PluginPackage(
    Path file,
    String name,
    String version,
    String description,
    Kind kind,
    List<String> contributes,
    @Nullable String problem) {
  public PluginPackage {
    contributes = List.copyOf(contributes);
  }

  /** What a package is for. */
  public enum Kind {
    /** Adds to SQL, by {@code CREATE EXTENSION}. */
    PLUGIN,
    /** Is required by plug-ins, and shared by them. */
    LIBRARY
  }
}
