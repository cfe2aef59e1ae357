package org.facetdb.sql.extension;

import java.util.function.Consumer;
import java.util.function.Function;
import org.facetdb.spi.state.PluginState;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Reader;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/** A plug-in's state in a key space of the store. Thread-safe. */
final class KeySpaceState implements PluginState {
  private static final int ATTEMPTS_MAX = 100;

  private final Store store;
  private final int keySpace;

  KeySpaceState(Store store, int keySpace) {
    this.store = store;
    this.keySpace = keySpace;
  }

  @Override
  public <R extends @Nullable Object> R read(Function<? super View, ? extends R> body) {
    try (Snapshot snapshot = store.snapshot()) {
      return body.apply(new ReaderView(keySpace, snapshot));
    }
  }

  @Override
  public void update(Consumer<? super Writer> body) {
    for (int attempt = 1; ; attempt++) {
      try (Transaction transaction = store.begin()) {
        body.accept(new TransactionWriter(keySpace, transaction));
        transaction.commit(Durability.SYNC);
        return;
      } catch (StorageException e) {
        if (!e.sqlState().equals("40001") || attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private static class ReaderView implements View {
    final int keySpace;
    private final Reader reader;

    ReaderView(int keySpace, Reader reader) {
      this.keySpace = keySpace;
      this.reader = reader;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
      return reader.get(keySpace, key);
    }

    @Override
    public void scan(byte[] from, byte @Nullable [] to, Visitor visitor) {
      try (Cursor cursor = reader.scan(keySpace, from, to)) {
        while (cursor.next()) {
          if (!visitor.visit(cursor.key(), cursor.value())) {
            return;
          }
        }
      }
    }
  }

  private static final class TransactionWriter extends ReaderView implements Writer {
    private final Transaction transaction;

    TransactionWriter(int keySpace, Transaction transaction) {
      super(keySpace, transaction);
      this.transaction = transaction;
    }

    @Override
    public void put(byte[] key, byte[] value) {
      transaction.put(keySpace, key, value);
    }

    @Override
    public void delete(byte[] key) {
      transaction.delete(keySpace, key);
    }
  }
}
