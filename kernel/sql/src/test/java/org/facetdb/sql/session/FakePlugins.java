package org.facetdb.sql.session;

import java.lang.invoke.MethodHandles;
import java.util.List;
import org.facetdb.spi.Contribution;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.Plugin;
import org.facetdb.spi.PluginContext;
import org.facetdb.spi.function.ScalarFunctions;
import org.facetdb.spi.function.SqlFunction;
import org.facetdb.sql.PluginSource;

/**
 * A source that holds version 1 of the plug-in {@code fake}, with two functions. Immutable.
 *
 * @param promised what its package says that it contributes
 */
record FakePlugins(List<String> promised) implements PluginSource {
  static final String HINT = "Look under the table.";

  @SqlFunction
  static int twice(int a) {
    return 2 * a;
  }

  @SqlFunction
  static int explode(int a) {
    throw new IllegalStateException("boom " + a);
  }

  @Override
  public List<Available> available() {
    return List.of(new Available("fake", "1", "Made for a test", promised, null));
  }

  @Override
  public Loaded load(String name, String version) {
    if (!name.equals("fake") || !version.equals("1")) {
      throw DatabaseException.user("58P01", "no package holds plug-in " + name);
    }
    return new Loaded() {
      @Override
      public Plugin plugin() {
        return new Entry();
      }

      @Override
      public List<String> contributes() {
        return promised;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public String hint() {
    return HINT;
  }

  @Override
  public void close() {}

  private static final class Entry implements Plugin {
    @Override
    public List<Contribution> contributions(PluginContext context) {
      return List.copyOf(ScalarFunctions.annotated(context, lookup()));
    }
  }

  private static MethodHandles.Lookup lookup() {
    return MethodHandles.lookup();
  }
}
