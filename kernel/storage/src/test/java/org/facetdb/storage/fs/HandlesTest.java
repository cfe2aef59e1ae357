package org.facetdb.storage.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.facetdb.storage.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** However many files are open, few of them hold a handle, and all are read right. */
class HandlesTest {
  private static final int FILES = 40;
  private static final int HANDLES = 5;
  private static final int THREADS = 4;
  private static final int READS = 3_000;

  @TempDir private Path directory;

  private List<StorageFile> open(DiskFileSystem files) {
    List<StorageFile> open = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      try (StorageFile file = files.open("f" + i, FileSystem.Mode.CREATE)) {
        file.write(0, new byte[] {(byte) i, (byte) (i + 1)}, 0, 2);
      }
      open.add(files.open("f" + i, FileSystem.Mode.READ));
    }
    return open;
  }

  /** Handles of this process on files of the directory. */
  private long handles() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(this::isHere).count();
    }
  }

  private boolean isHere(Path handle) {
    try {
      return Files.readSymbolicLink(handle).startsWith(directory.toRealPath());
    } catch (IOException e) {
      // It was closed meanwhile, as that of the listing is.
      return false;
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void areFewHoweverManyFilesAreRead() throws Exception {
    DiskFileSystem files = new DiskFileSystem(directory, HANDLES);
    List<StorageFile> open = open(files);
    long seed = Seeds.next(HandlesTest.class);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> readers = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        Random random = new Random(seed + t);
        readers.add(threads.submit(() -> read(open, random)));
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
    }
    assertTrue(handles() <= HANDLES, "handles: " + handles());
    open.forEach(StorageFile::close);
    assertEquals(0, handles());
  }

  private static void read(List<StorageFile> open, Random random) {
    byte[] bytes = new byte[2];
    for (int i = 0; i < READS; i++) {
      int number = random.nextInt(FILES);
      open.get(number).readFully(0, bytes, 0, 2);
      assertEquals(number, bytes[0]);
      assertEquals(number + 1, bytes[1]);
    }
  }

  @Test
  void goToTheFilesThatAreRead() throws IOException {
    DiskFileSystem files = new DiskFileSystem(directory, HANDLES);
    Handles handles = new Handles(2);
    List<DiskFile> open = new ArrayList<>();
    for (StorageFile file : open(files)) {
      file.close();
    }
    for (int i = 0; i < 4; i++) {
      open.add(DiskFile.forReading(directory.resolve("f" + i), handles));
      assertEquals(Math.min(2, i + 1), handles.count());
    }
    byte[] bytes = new byte[2];
    for (DiskFile file : open) {
      file.readFully(0, bytes, 0, 2);
      assertEquals(open.indexOf(file), bytes[0]);
      assertEquals(2, handles.count());
    }
    open.forEach(DiskFile::close);
    assertEquals(0, handles.count());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void leaveTheFileThatIsAboutToBeRead() throws IOException {
    Handles handles = new Handles(2);
    for (StorageFile file : open(new DiskFileSystem(directory, FILES))) {
      file.close();
    }
    List<DiskFile> open = new ArrayList<>();
    byte[] bytes = new byte[2];
    for (int i = 0; i < 3; i++) {
      DiskFile file = DiskFile.forReading(directory.resolve("f" + i), handles);
      open.add(file);
      // All that were open are marked as read.
      open.forEach(each -> each.readFully(0, bytes, 0, 2));
    }
    assertEquals(2, handles());
    Files.delete(directory.resolve("f2"));
    open.get(2).readFully(0, bytes, 0, 2);
    assertEquals(2, bytes[0]);
    open.forEach(DiskFile::close);
  }

  @Test
  void areKeptByFilesThatMayBeDeleted() throws IOException {
    DiskFileSystem files = new DiskFileSystem(directory, 1);
    for (StorageFile file : open(files)) {
      file.close();
    }
    try (StorageFile held = files.open("f7", FileSystem.Mode.HOLD);
        StorageFile other = files.open("f8", FileSystem.Mode.READ);
        StorageFile third = files.open("f9", FileSystem.Mode.READ)) {
      files.delete("f7");
      byte[] bytes = new byte[2];
      other.readFully(0, bytes, 0, 2);
      third.readFully(0, bytes, 0, 2);
      held.readFully(0, bytes, 0, 2);
      assertEquals(7, bytes[0]);
    }
  }
}
