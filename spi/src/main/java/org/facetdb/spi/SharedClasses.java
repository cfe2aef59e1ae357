package org.facetdb.spi;

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
    Throwable[] failure = new Throwable[1];
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name("facetdb-shared-classes")
            .inheritInheritableThreadLocals(false)
            .unstarted(
                () -> {
                  try {
                    for (Class<?> each : classes) {
                      Class.forName(each.getName(), true, each.getClassLoader());
                    }
                  } catch (ClassNotFoundException | LinkageError e) {
                    failure[0] = e;
                  }
                });
    thread.setContextClassLoader(null);
    thread.start();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure[0] != null) {
      throw new ExceptionInInitializerError(failure[0]);
    }
  }
}
