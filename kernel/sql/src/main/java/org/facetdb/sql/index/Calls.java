package org.facetdb.sql.index;

import java.util.function.Supplier;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.extension.Faults;
import org.facetdb.storage.StorageException;

/** Calls of an index's view that name the plug-in when they fail. Stateless. */
final class Calls {
  private Calls() {}

  static <T> T get(IndexSearch search, Supplier<T> call) {
    try {
      return call.get();
    } catch (DatabaseException | StorageException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      throw Faults.of(
          search.generation().method().owner(),
          "index method " + search.generation().method().name(),
          e);
    }
  }

  static void run(IndexSearch search, Runnable call) {
    get(
        search,
        () -> {
          call.run();
          return true;
        });
  }
}
