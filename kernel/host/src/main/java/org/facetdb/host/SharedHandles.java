package org.facetdb.host;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Proxy;
import java.lang.runtime.ObjectMethods;
import org.facetdb.spi.DatabaseException;

/**
 * Takes unloaded classes out of what the machine itself remembers. It makes the methods of all
 * records from a few handles of {@link ObjectMethods}, each of which remembers, softly, the last
 * type that it was adapted to: a record, or a component's class, whichever of a loader of its own
 * was linked last. Softly reachable, a retired version with all its classes would stay until memory
 * runs short. Adapting the handles to a class that is always there displaces it. Stateless.
 */
final class SharedHandles {
  /** A class whose loader is neither the kernel's nor the machine's: only such are kept softly. */
  private static final Class<?> STANDIN =
      Proxy.newProxyInstance(
              new ClassLoader(null) {}, new Class<?>[] {Runnable.class}, (_, _, _) -> null)
          .getClass();

  private SharedHandles() {}

  /** Lets go of the classes of versions that were unloaded. */
  static void displace() {
    MethodHandle component =
        MethodHandles.dropArguments(MethodHandles.constant(STANDIN, null), 0, STANDIN);
    link("hashCode", MethodType.methodType(int.class, STANDIN), component);
    link("equals", MethodType.methodType(boolean.class, STANDIN, Object.class), component);
    link("toString", MethodType.methodType(String.class, STANDIN), component);
  }

  /** Makes a method as that of a record is made; it is never called. */
  private static void link(String method, MethodType type, MethodHandle component) {
    try {
      ObjectMethods.bootstrap(
          MethodHandles.lookup(), method, type, STANDIN, "component", component);
    } catch (Throwable e) {
      throw DatabaseException.internal("the methods of a record can't be made", e);
    }
  }
}
