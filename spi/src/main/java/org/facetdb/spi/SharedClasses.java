package org.facetdb.spi;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** For plug-ins whose versions share the jars that they embed. Stateless. */
public final class SharedClasses {
  private SharedClasses() {}

  /**
   * Initializes classes of shared jars in a thread of its own. Some make an exception ahead, once
   * for all, which remembers the stack on which it was made, and so would keep the version that
   * came first from being unloaded for as long as others share the class. Returns when all are
   * initialized.
   *
   * @throws ExceptionInInitializerError if one fails
   */
  public static void initialize(Class<?>... classes) {
    try {
      CompletableFuture.runAsync(() -> load(classes), SharedClasses::start).join();
    } catch (CompletionException e) {
      throw new ExceptionInInitializerError(e.getCause());
    }
  }

  private static void load(Class<?>[] classes) {
    for (Class<?> each : classes) {
      try {
        Class.forName(each.getName(), true, each.getClassLoader());
      } catch (ClassNotFoundException e) {
        throw new LinkageError(e.getMessage(), e);
      }
    }
  }

  private static void start(Runnable task) {
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("facetdb-shared-classes")
            .inheritInheritableThreadLocals(false)
            .unstarted(task);
    thread.setContextClassLoader(null);
    thread.start();
  }
}
