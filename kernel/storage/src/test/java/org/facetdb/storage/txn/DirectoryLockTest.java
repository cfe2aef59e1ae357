package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.facetdb.storage.crash.ChildProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One owner per directory, whoever else tries, and the refusal names him. */
class DirectoryLockTest {
  private final long pid = ProcessHandle.current().pid();

  @TempDir private Path directory;

  private StorageException refusal() {
    StorageException refusal =
        assertThrows(StorageException.class, () -> Stores.open(directory, StoreOptions.defaults()));
    assertEquals("55006", refusal.sqlState());
    return refusal;
  }

  private void assertNamesThisProcess(String message) {
    assertTrue(message.contains("process " + pid + ","), message);
  }

  @Test
  void refusesASecondOpenOfTheSameProcess() {
    try (Store store = Stores.open(directory, StoreOptions.defaults())) {
      assertEquals(0, store.lastSequence());
      assertNamesThisProcess(refusal().getMessage());
    }
    Stores.open(directory, StoreOptions.defaults()).close();
  }

  @Test
  void refusesAnotherPathToTheSameDirectory() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolveSibling("link" + pid), directory);
    try (Store store = Stores.open(directory, StoreOptions.defaults())) {
      assertEquals(0, store.lastSequence());
      StorageException refusal =
          assertThrows(StorageException.class, () -> Stores.open(link, StoreOptions.defaults()));
      assertNamesThisProcess(refusal.getMessage());
    } finally {
      Files.delete(link);
    }
  }

  @Test
  void refusesASecondClassLoaderOfTheSameProcess() throws Exception {
    URL[] classes = {Path.of("target/classes").toUri().toURL()};
    try (Store store = Stores.open(directory, StoreOptions.defaults());
        URLClassLoader other = new URLClassLoader(classes, null)) {
      assertEquals(0, store.lastSequence());
      Class<?> options = other.loadClass(StoreOptions.class.getName());
      Class<?> stores = other.loadClass(Stores.class.getName());
      assertTrue(stores != Stores.class);
      Method open = stores.getMethod("open", Path.class, options);
      Object defaults = options.getMethod("defaults").invoke(null);
      InvocationTargetException refused =
          assertThrows(
              InvocationTargetException.class, () -> open.invoke(null, directory, defaults));
      assertNamesThisProcess(refused.getCause().getMessage());
      assertTrue(refused.getCause().getMessage().contains("this process"));
    }
  }

  @Test
  void refusesAnotherProcessAlsoAfterARefusalInThisOne() throws Exception {
    try (Store store = Stores.open(directory, StoreOptions.defaults())) {
      assertEquals(0, store.lastSequence());
      assertNamesThisProcess(refusal().getMessage());
      ChildProcess child = new ChildProcess("hold", directory);
      String line = child.firstLine();
      child.kill();
      assertTrue(line.startsWith("refused 55006"), line);
      assertNamesThisProcess(line);
    }
  }

  @Test
  void namesTheOtherProcessThatHoldsTheDirectory() throws Exception {
    ChildProcess child = new ChildProcess("hold", directory);
    try {
      assertEquals("ready " + child.pid(), child.firstLine());
      String message = refusal().getMessage();
      assertTrue(message.contains("process " + child.pid() + ","), message);
    } finally {
      child.kill();
    }
    Stores.open(directory, StoreOptions.defaults()).close();
  }
}
