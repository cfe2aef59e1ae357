package org.facetdb.sql;

import java.util.List;
import org.facetdb.spi.Plugin;
import org.jspecify.annotations.Nullable;

/**
 * Where the versions of plug-ins come from. The database looks things up here and never knows how
 * they are loaded. Thread-safe. Closed by the database, after all that was loaded.
 */
public interface PluginSource extends AutoCloseable {
  /**
   * A package that can be loaded, or that is there and can't be.
   *
   * @param contributes names that the package says it adds to SQL, perhaps none
   * @param problem why it can't be loaded, null where nothing is known against it
   */
  record Available(
      String name,
      String version,
      String description,
      List<String> contributes,
      @Nullable String problem) {
    public Available {
      contributes = List.copyOf(contributes);
    }
  }

  /** A version that was loaded; closing it unloads it. */
  interface Loaded extends AutoCloseable {
    Plugin plugin();

    /** The names that its package says it adds to SQL, each of which it must; perhaps none. */
    List<String> contributes();

    @Override
    void close();
  }

  /** The packages that are there now, in any order. */
  List<Available> available();

  /**
   * Loads a version.
   *
   * @throws org.facetdb.spi.DatabaseException 58P01 if it isn't there, another SQLSTATE with the
   *     reason if it can't be used
   */
  Loaded load(String name, String version);

  /** Says to someone who misses a package where packages are looked for: a sentence. */
  String hint();

  @Override
  void close();

  /**
   * A source without plug-ins.
   *
   * @param hint how to have some, see {@link #hint}
   */
  static PluginSource none(String hint) {
    return new PluginSource() {
      @Override
      public String hint() {
        return hint;
      }

      @Override
      public List<Available> available() {
        return List.of();
      }

      @Override
      public Loaded load(String name, String version) {
        throw org.facetdb.spi.DatabaseException.user(
                "58P01", "extension \"" + name + "\" is not available")
            .withHint(hint);
      }

      @Override
      public void close() {}
    };
  }
}
