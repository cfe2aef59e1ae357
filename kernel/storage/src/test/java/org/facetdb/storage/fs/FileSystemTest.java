package org.facetdb.storage.fs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.facetdb.storage.StorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same contract on disk and in memory, what only one of them promises, and failures. */
class FileSystemTest {
  @TempDir private Path directory;

  private static byte[] bytes(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static void write(FileSystem files, String name, byte[] content, boolean sync) {
    try (StorageFile file = files.open(name, FileSystem.Mode.CREATE)) {
      file.write(0, content, 0, content.length);
      if (sync) {
        file.sync(SyncSite.SSTABLE);
      }
    }
  }

  private static byte[] read(FileSystem files, String name) {
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      byte[] content = new byte[(int) file.size()];
      file.readFully(0, content, 0, content.length);
      return content;
    }
  }

  @Test
  void diskAndMemoryKeepTheSameContract() {
    for (FileSystem files :
        List.of(
            new DiskFileSystem(directory.resolve("db")),
            MemoryFileSystem.strict(),
            MemoryFileSystem.unsynced())) {
      files.createDirectories(FileSystem.ROOT);
      files.createDirectories("sub");
      write(files, "sub/b", bytes(3, 1), true);
      write(files, "sub/a", bytes(5, 2), false);
      assertEquals(List.of("a", "b"), files.list("sub"));
      assertEquals(List.of(), files.list("absent"));
      assertThrows(StorageException.class, () -> files.open("sub/a", FileSystem.Mode.CREATE));
      assertThrows(StorageException.class, () -> files.open("sub/c", FileSystem.Mode.READ));
      assertThrows(StorageException.class, () -> files.open("sub/c", FileSystem.Mode.WRITE));
      files.rename("sub/a", "sub/b");
      assertArrayEquals(bytes(5, 2), read(files, "sub/b"));
      try (StorageFile file = files.open("sub/b", FileSystem.Mode.WRITE)) {
        file.write(7, bytes(1, 9), 0, 1);
        assertEquals(8, file.size());
        file.truncate(6);
        file.reserve(10);
        file.mapForOverwriting();
        file.writeDurably(8, bytes(2, 7), 0, 2, SyncSite.LOG_RECORDS);
        file.write(9, bytes(1, 8), 0, 1);
        byte[] content = new byte[12];
        assertEquals(10, file.read(0, content, 0, 12));
        assertArrayEquals(new byte[] {2, 2, 2, 2, 2, 0, 0, 0, 7, 8, 0, 0}, content);
        assertEquals(0, file.read(10, content, 0, 12));
        StorageException tooShort =
            assertThrows(StorageException.class, () -> file.readFully(5, content, 0, 12));
        assertEquals(StorageException.Category.CORRUPTION, tooShort.category());
      }
      files.delete("sub/b");
      files.delete("sub/b");
      assertFalse(files.exists("sub/b"));
      files.syncDirectory("sub", SyncSite.SSTABLE_DIRECTORY);
    }
  }

  @Test
  void aCrashKeepsWhatWasSyncedAndForgetsTheRest() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    write(files, "synced", bytes(600, 1), true);
    write(files, "bytes", bytes(600, 1), false);
    files.syncDirectory(FileSystem.ROOT, SyncSite.SSTABLE_DIRECTORY);
    write(files, "name", bytes(600, 1), true);
    files.rename("synced", "renamed");
    boolean[] lost = new boolean[4];
    boolean[] kept = new boolean[4];
    for (int seed = 0; seed < 200; seed++) {
      MemoryFileSystem after = files.survivor(new Random(seed));
      boolean renamed = after.exists("renamed");
      assertTrue(renamed != after.exists("synced"), "a rename is one step");
      assertArrayEquals(bytes(600, 1), read(after, renamed ? "renamed" : "synced"));
      int length = read(after, "bytes").length;
      count(lost, kept, 0, renamed);
      count(lost, kept, 1, after.exists("name"));
      count(lost, kept, 2, length == 600);
      count(lost, kept, 3, length == 512);
    }
    for (int i = 0; i < lost.length; i++) {
      assertTrue(lost[i] && kept[i], "both outcomes of " + i);
    }
    MemoryFileSystem killed = files.kill();
    assertArrayEquals(bytes(600, 1), read(killed, "bytes"));
    assertTrue(killed.exists("name") && killed.exists("renamed"));
    assertThrows(StorageException.class, () -> files.exists("name"));
  }

  private static void count(boolean[] lost, boolean[] kept, int what, boolean there) {
    (there ? kept : lost)[what] = true;
  }

  @Test
  void aDurableWriteSurvivesAndVouchesForNothingElse() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    write(files, "log", bytes(4096, 1), true);
    files.syncDirectory(FileSystem.ROOT, SyncSite.LOG_DIRECTORY);
    boolean[] lost = new boolean[2];
    boolean[] kept = new boolean[2];
    try (StorageFile file = files.open("log", FileSystem.Mode.WRITE)) {
      file.write(0, bytes(512, 2), 0, 512);
      file.writeDurably(512, bytes(700, 3), 0, 700, SyncSite.LOG_RECORDS);
      file.write(2048, bytes(512, 4), 0, 512);
    }
    for (int seed = 0; seed < 200; seed++) {
      byte[] after = read(files.survivor(new Random(seed)), "log");
      assertArrayEquals(bytes(700, 3), Arrays.copyOfRange(after, 512, 1212));
      count(lost, kept, 0, after[0] == 2);
      count(lost, kept, 1, after[2048] == 4);
    }
    for (int i = 0; i < lost.length; i++) {
      assertTrue(lost[i] && kept[i], "both outcomes of " + i);
    }
  }

  @Test
  void aDurableWriteAcrossAnUnsyncedOneKeepsTheirOrder() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    write(files, "log", bytes(4096, 1), true);
    files.syncDirectory(FileSystem.ROOT, SyncSite.LOG_DIRECTORY);
    try (StorageFile file = files.open("log", FileSystem.Mode.WRITE)) {
      file.write(0, bytes(1024, 2), 0, 1024);
      file.writeDurably(512, bytes(100, 3), 0, 100, SyncSite.LOG_RECORDS);
    }
    byte[] after = read(files.survivor(new Random(1)), "log");
    assertArrayEquals(bytes(512, 2), Arrays.copyOf(after, 512));
    assertArrayEquals(bytes(100, 3), Arrays.copyOfRange(after, 512, 612));
    assertArrayEquals(bytes(412, 2), Arrays.copyOfRange(after, 612, 1024));
  }

  @Test
  void failsAtTheGivenOperation() {
    MemoryFileSystem memory = MemoryFileSystem.strict();
    FailingFileSystem once = new FailingFileSystem(memory, 2, false);
    assertThrows(StorageException.class, () -> write(once, "a", bytes(1, 1), false));
    assertEquals(2, once.operations());
    try (StorageFile file = once.open("a", FileSystem.Mode.WRITE)) {
      file.write(0, bytes(4, 1), 0, 4);
      file.sync(SyncSite.SSTABLE);
      assertEquals(4, file.size());
    }
    FailingFileSystem lasting = new FailingFileSystem(memory, 1, true);
    assertThrows(StorageException.class, () -> lasting.delete("a"));
    assertThrows(StorageException.class, () -> lasting.rename("a", "b"));
    assertTrue(lasting.exists("a"));
    FailingFileSystem half = new FailingFileSystem(memory, 1, false);
    try (StorageFile file = half.open("a", FileSystem.Mode.WRITE)) {
      assertThrows(StorageException.class, () -> file.write(4, bytes(4, 2), 0, 4));
      assertEquals(6, file.size());
    }
  }

  @Test
  void interruptsNeitherFailNorCloseAFileOnDisk() throws Exception {
    FileSystem files = new DiskFileSystem(directory);
    int blocks = 64;
    try (StorageFile file = files.open("shared", FileSystem.Mode.CREATE)) {
      for (int i = 0; i < blocks; i++) {
        file.write(i * 4096L, bytes(4096, i), 0, 4096);
      }
      Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
      List<Thread> readers = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        Random random = new Random(t);
        readers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        readWhileInterrupted(file, random, blocks);
                      } catch (Throwable e) {
                        failures.add(e);
                      }
                    }));
      }
      boolean alive = true;
      while (alive) {
        alive = false;
        for (Thread reader : readers) {
          reader.interrupt();
          alive |= reader.isAlive();
        }
      }
      assertEquals(List.of(), List.copyOf(failures));
      Thread.currentThread().interrupt();
      file.write(0, bytes(1, 77), 0, 1);
      file.sync(SyncSite.LOG_RECORDS);
      files.syncDirectory(FileSystem.ROOT, SyncSite.LOG_DIRECTORY);
      assertEquals(1, file.read(0, new byte[1], 0, 1));
      assertTrue(Thread.interrupted(), "the interrupt stays pending");
    }
  }

  private static void readWhileInterrupted(StorageFile file, Random random, int blocks) {
    byte[] block = new byte[4096];
    for (int i = 0; i < 2_000; i++) {
      int number = random.nextInt(blocks);
      file.readFully(number * 4096L, block, 0, 4096);
      assertArrayEquals(bytes(4096, number), block);
    }
  }
}
