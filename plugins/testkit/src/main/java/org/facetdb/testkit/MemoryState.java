package org.facetdb.testkit;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.facetdb.spi.state.PluginState;
import org.jspecify.annotations.Nullable;

/** A plug-in's key space in memory. Thread-safe: one body runs at a time. */
public final class MemoryState implements PluginState {
  private TreeMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);

  /** An empty key space. */
  public MemoryState() {}

  @Override
  public synchronized <R extends @Nullable Object> R read(
      Function<? super View, ? extends R> body) {
    return body.apply(new Entries(entries));
  }

  @Override
  public synchronized void update(Consumer<? super Writer> body) {
    TreeMap<byte[], byte[]> changed = new TreeMap<>(entries);
    body.accept(new Entries(changed));
    entries = changed;
  }

  private record Entries(TreeMap<byte[], byte[]> map) implements Writer {
    @Override
    public byte @Nullable [] get(byte[] key) {
      byte[] value = map.get(key);
      return value == null ? null : value.clone();
    }

    @Override
    public void scan(byte[] from, byte @Nullable [] to, Visitor visitor) {
      Map<byte[], byte[]> range =
          to == null ? map.tailMap(from, true) : map.subMap(from, true, to, false);
      for (Map.Entry<byte[], byte[]> entry : range.entrySet()) {
        if (!visitor.visit(entry.getKey().clone(), entry.getValue().clone())) {
          return;
        }
      }
    }

    @Override
    public void put(byte[] key, byte[] value) {
      map.put(key.clone(), value.clone());
    }

    @Override
    public void delete(byte[] key) {
      map.remove(key);
    }
  }
}
