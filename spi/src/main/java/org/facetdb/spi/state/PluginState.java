package org.facetdb.spi.state;

import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A durable, ordered map of bytes that belongs to one plug-in: kept in the kernel's log, with its
 * versions and its backups. Keys are compared as unsigned bytes. Thread-safe; arrays handed in are
 * not kept, arrays handed out are the caller's.
 */
public interface PluginState {
  /** Reads within one consistent view. */
  <R extends @Nullable Object> R read(Function<? super View, ? extends R> body);

  /**
   * Changes the state in one transaction, durable when this returns. The body may run several
   * times, each time on a newer view, where others change the same keys.
   */
  void update(Consumer<? super Writer> body);

  /** One consistent view. Usable by the body that was given it, in its thread. */
  interface View {
    /** The value of a key, null where it has none. */
    byte @Nullable [] get(byte[] key);

    /**
     * Visits the entries with {@code from <= key < to} in ascending order.
     *
     * @param to null for no upper bound
     */
    void scan(byte[] from, byte @Nullable [] to, Visitor visitor);
  }

  /** A view with changes of its own. */
  interface Writer extends View {
    void put(byte[] key, byte[] value);

    /** Removes a key; one without a value is no error. */
    void delete(byte[] key);
  }

  /** Receives entries. */
  @FunctionalInterface
  interface Visitor {
    /** Returns false to stop. */
    boolean visit(byte[] key, byte[] value);
  }
}
