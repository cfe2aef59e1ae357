package org.facetdb.testkit;

import org.facetdb.spi.MemoryAccount;
import org.facetdb.spi.PluginContext;
import org.facetdb.spi.state.PluginState;
import org.facetdb.spi.type.LogicalType;

/** What a plug-in is given in a test: the kit's types, a state in memory, a budget of 1 GiB. */
public final class TestContext implements PluginContext {
  private final String name;
  private final String version;
  private final MemoryState state = new MemoryState();
  private final CountingAccount memory = new CountingAccount(1L << 30);

  public TestContext(String name, String version) {
    this.name = name;
    this.version = version;
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
  public LogicalType type(String typeName) {
    return TestType.named(typeName);
  }

  @Override
  public PluginState state() {
    return state;
  }

  @Override
  public MemoryAccount memory() {
    return memory;
  }
}
