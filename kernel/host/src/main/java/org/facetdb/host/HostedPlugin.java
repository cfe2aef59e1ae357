package org.facetdb.host;

import java.util.List;
import java.util.function.Consumer;
import org.facetdb.spi.Plugin;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * A loaded plug-in of one host. Thread-safe; after its close it refers to nothing of the plug-in.
 */
final class HostedPlugin implements LoadedPlugin {
  /** What has to go with the plug-in. */
  record Parts(Plugin entry, Bundle bundle, PackageModules modules) {}

  private final String name;
  private final String version;
  private final List<String> contributes;
  private final Consumer<HostedPlugin> closing;
  private @Nullable Parts parts;

  HostedPlugin(PackageJar jar, Parts parts, Consumer<HostedPlugin> closing) {
    this.name = jar.name();
    this.version = jar.version();
    this.contributes = jar.contributes();
    this.parts = parts;
    this.closing = closing;
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
  public List<String> contributes() {
    return contributes;
  }

  @Override
  public synchronized Plugin entry() {
    if (parts == null) {
      throw new IllegalStateException("plug-in is closed: name=" + name + " version=" + version);
    }
    return parts.entry();
  }

  /** The parts, for the one who takes them apart; null for whoever comes second. */
  synchronized @Nullable Parts take() {
    Parts taken = parts;
    parts = null;
    return taken;
  }

  @Override
  public void close() {
    closing.accept(this);
  }
}
