package org.facetdb;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.facetdb.host.LoadedPlugin;
import org.facetdb.host.PluginHost;
import org.facetdb.host.PluginPackage;
import org.facetdb.spi.Plugin;
import org.facetdb.sql.PluginSource;
import org.jspecify.annotations.Nullable;

/**
 * The packages of folders, loaded by a host of this database's own, which is made when it is first
 * asked. Thread-safe.
 */
final class HostedPlugins implements PluginSource {
  private final List<Path> folders;
  private final Path scratch;
  private @Nullable PluginHost host;
  private boolean closed;

  /**
   * @param scratch where packages are unpacked; this database's alone
   */
  HostedPlugins(List<Path> folders, Path scratch) {
    this.folders = List.copyOf(folders);
    this.scratch = scratch;
  }

  /** A folder for a database that has none of its own; it is made when a package is unpacked. */
  static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"), "facetdb-" + UUID.randomUUID());
  }

  private synchronized PluginHost host() {
    PluginHost known = host;
    if (known == null) {
      if (closed) {
        throw new IllegalStateException("the database is closed");
      }
      known = PluginHost.open(folders, scratch);
      host = known;
    }
    return known;
  }

  @Override
  public List<Available> available() {
    List<Available> available = new ArrayList<>();
    for (PluginPackage found : host().packages()) {
      if (found.kind() == PluginPackage.Kind.PLUGIN) {
        available.add(
            new Available(
                found.name(),
                found.version(),
                found.description(),
                found.contributes(),
                found.problem()));
      }
    }
    return available;
  }

  @Override
  public String hint() {
    return "Its package is not in the plug-in folder: "
        + folders.stream().map(Path::toString).collect(Collectors.joining(", "));
  }

  @Override
  public Loaded load(String name, String version) {
    LoadedPlugin loaded = host().load(name, version);
    return new Loaded() {
      @Override
      public Plugin plugin() {
        return loaded.entry();
      }

      @Override
      public List<String> contributes() {
        return loaded.contributes();
      }

      @Override
      public void close() {
        loaded.close();
      }
    };
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (host != null) {
      host.close();
    }
  }
}
