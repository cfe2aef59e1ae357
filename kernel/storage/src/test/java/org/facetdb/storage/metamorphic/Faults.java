package org.facetdb.storage.metamorphic;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.facetdb.storage.ChangeLog;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Reader;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.jspecify.annotations.Nullable;

/** Stands before a store and breaks one promise now and then. Used by one thread, for one run. */
final class Faults {
  /** The promises. */
  enum Kind {
    /** All are kept. */
    NONE,
    LOST_WRITE,
    LOST_DELETE,
    STALE_READ,
    RESURRECTED_DELETE,
    DROPPED_VERSION,
    SWAPPED_SCAN,
    SHORT_SCAN,
    MOVING_SNAPSHOT,
    IGNORED_GUARD,
    COMMIT_LOST_IN_CRASH,
    COMMIT_LOST_BY_REOPEN,
    LOST_CHANGE,
    UNDROPPED_SPACE
  }

  /** One in so many calls is broken. */
  private static final int PERIOD = 5;

  /** Calls a method of the store proper, or something else in its place. */
  private interface Call {
    @Nullable Object proceed() throws Throwable;
  }

  private interface Interceptor {
    @Nullable Object call(String method, @Nullable Object[] arguments, Call real) throws Throwable;
  }

  private final Kind kind;
  private int calls;

  Faults(Kind kind) {
    this.kind = kind;
  }

  private boolean strikes(Kind asked) {
    return kind == asked && ++calls % PERIOD == 0;
  }

  private static <T> T proxy(Class<T> type, T target, Interceptor interceptor) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                interceptor.call(
                    method.getName(),
                    arguments == null ? new Object[0] : arguments,
                    () -> {
                      try {
                        return method.invoke(target, arguments);
                      } catch (InvocationTargetException e) {
                        throw e.getCause();
                      }
                    })));
  }

  /** A store as this lets it be seen. */
  Store on(Store store) {
    if (kind == Kind.NONE) {
      return store;
    }
    return proxy(
        Store.class,
        store,
        (method, arguments, real) ->
            switch (method) {
              case "begin" -> transaction(store, (Transaction) real.proceed());
              case "snapshot" -> snapshot(store, (Snapshot) real.proceed(), false);
              case "snapshotAt", "snapshotAtSequence" ->
                  snapshot(store, (Snapshot) real.proceed(), true);
              case "changes" -> changes((ChangeLog) real.proceed());
              case "dropKeySpace" -> kind == Kind.UNDROPPED_SPACE ? null : real.proceed();
              default -> real.proceed();
            });
  }

  /** Closes a store; the result is what the next open finds. */
  MemoryFileSystem closed(Store store, MemoryFileSystem files) {
    if (kind == Kind.COMMIT_LOST_BY_REOPEN) {
      return files.crash(new Random(0));
    }
    store.close();
    return files;
  }

  private Transaction transaction(Store store, Transaction transaction) {
    return proxy(
        Transaction.class,
        transaction,
        (method, arguments, real) ->
            switch (method) {
              case "put" -> strikes(Kind.LOST_WRITE) ? null : real.proceed();
              case "delete" -> strikes(Kind.LOST_DELETE) ? null : real.proceed();
              case "guardKey", "guardRange" -> kind == Kind.IGNORED_GUARD ? null : real.proceed();
              case "commit" ->
                  kind == Kind.COMMIT_LOST_IN_CRASH || kind == Kind.COMMIT_LOST_BY_REOPEN
                      ? transaction.commit(Durability.NONE)
                      : real.proceed();
              default -> real.proceed();
            });
  }

  private Snapshot snapshot(Store store, Snapshot snapshot, boolean past) {
    return proxy(
        Snapshot.class,
        snapshot,
        (method, arguments, real) ->
            switch (method) {
              case "get" -> get(store, snapshot, arguments, real, past);
              case "scan" -> scan(store, snapshot, arguments, real, past);
              default -> real.proceed();
            });
  }

  private @Nullable Object get(
      Store store, Snapshot snapshot, @Nullable Object[] arguments, Call real, boolean past)
      throws Throwable {
    Object found = real.proceed();
    int space = (Integer) arguments[0];
    byte[] key = (byte[]) arguments[1];
    if (found != null && !past && strikes(Kind.STALE_READ)
        || found == null && kind == Kind.RESURRECTED_DELETE
        || past && kind == Kind.DROPPED_VERSION) {
      return older(store, snapshot, found, reader -> reader.get(space, key));
    }
    if (kind == Kind.MOVING_SNAPSHOT) {
      try (Snapshot latest = store.snapshot()) {
        return latest.get(space, key);
      }
    }
    return found;
  }

  private interface Read {
    @Nullable Object of(Reader reader);
  }

  /** What was there a few commits before, or what is found where that cannot be read. */
  private static @Nullable Object older(
      Store store, Snapshot snapshot, @Nullable Object found, Read read) {
    for (long back = 1; back <= Math.min(4, snapshot.sequence()); back++) {
      try (Snapshot before = store.snapshotAtSequence(snapshot.sequence() - back)) {
        Object earlier = read.of(before);
        if (earlier != null) {
          return earlier;
        }
      } catch (StorageException e) {
        return found;
      }
    }
    return found;
  }

  private @Nullable Object scan(
      Store store, Snapshot snapshot, @Nullable Object[] arguments, Call real, boolean past)
      throws Throwable {
    Cursor found = (Cursor) real.proceed();
    if (strikes(Kind.SWAPPED_SCAN)) {
      return listed(found, false);
    }
    return strikes(Kind.SHORT_SCAN) ? listed(found, true) : found;
  }

  /** The entries of a cursor, without the last one or with the last two in the wrong order. */
  private static Cursor listed(Cursor real, boolean shortened) {
    List<byte[][]> entries = new ArrayList<>();
    while (real.next()) {
      entries.add(new byte[][] {real.key(), real.value()});
    }
    int count = entries.size();
    if (shortened && count > 0) {
      entries.removeLast();
    } else if (count > 1) {
      Collections.swap(entries, count - 1, count - 2);
    }
    int[] at = {-1};
    return proxy(
        Cursor.class,
        real,
        (method, arguments, proceed) ->
            switch (method) {
              case "next" -> ++at[0] < entries.size();
              case "key" -> entries.get(at[0])[0];
              case "value" -> entries.get(at[0])[1];
              default -> proceed.proceed();
            });
  }

  private ChangeLog changes(ChangeLog changes) {
    return proxy(
        ChangeLog.class,
        changes,
        (method, arguments, real) ->
            method.equals("read") && kind == Kind.LOST_CHANGE
                ? changes.read(
                    (Long) arguments[0],
                    (Long) arguments[1],
                    batch ->
                        strikes(Kind.LOST_CHANGE)
                            || ((ChangeLog.Visitor) arguments[2]).visit(batch))
                : real.proceed());
  }
}
