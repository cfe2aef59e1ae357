package org.facetdb.storage.fs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.StoreThreads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files that are mapped for reading: the same bytes, their end, and what is cut away. */
class MappedReadTest {
  private static final int BYTES = 1 << 20;
  private static final int BLOCK = 4096;
  private static final int KEYS = 60;
  private static final int COMMITS = 100;

  @TempDir private Path directory;

  private final SplittableRandom random = new SplittableRandom(Seeds.next(MappedReadTest.class));
  private final byte[] content = content();

  private byte[] content() {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return bytes;
  }

  private StorageFile mapped(FileSystem files) {
    files.createDirectories(FileSystem.ROOT);
    try (StorageFile file = files.open("f", FileSystem.Mode.CREATE)) {
      file.write(0, content, 0, BYTES);
    }
    StorageFile file = files.open("f", FileSystem.Mode.READ);
    file.mapForReading();
    return file;
  }

  @Test
  void readsTheSameBytesOnDiskInMemoryAndBehindFailures() {
    for (FileSystem files :
        List.of(
            new DiskFileSystem(directory),
            MemoryFileSystem.strict(),
            new FailingFileSystem(MemoryFileSystem.unsynced(), 0, false))) {
      StorageFile file = mapped(files);
      byte[] block = new byte[BLOCK + 10];
      for (int i = 0; i < 200; i++) {
        int position = random.nextInt(BYTES - BLOCK);
        assertEquals(BLOCK, file.read(position, block, 10, BLOCK));
        assertArrayEquals(
            Arrays.copyOfRange(content, position, position + BLOCK),
            Arrays.copyOfRange(block, 10, block.length));
      }
      assertEquals(5, file.read(BYTES - 5, block, 0, BLOCK));
      assertEquals(0, file.read(BYTES, block, 0, BLOCK));
      assertEquals(0, file.read(BYTES + 77, block, 0, BLOCK));
      assertEquals(
          StorageException.Category.CORRUPTION,
          assertThrows(StorageException.class, () -> file.readFully(BYTES - 5, block, 0, BLOCK))
              .category());
      file.close();
      file.close();
      assertThrows(RuntimeException.class, () -> file.read(0, block, 0, BLOCK));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theMappingEndsWithTheFile() throws IOException {
    try (StorageFile file = mapped(new DiskFileSystem(directory))) {
      assertEquals(1, mappings(), file.name());
    }
    assertEquals(0, mappings());
  }

  private long mappings() throws IOException {
    String name = directory.resolve("f").toRealPath().toString();
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .filter(line -> line.endsWith(name))
        .count();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFileThatCannotBeMappedIsReadByCalls() throws IOException {
    FileSystem files = new DiskFileSystem(directory);
    mapped(files).close();
    try (StorageFile file = files.open("f", FileSystem.Mode.READ)) {
      // There is no file of its name any more that could be mapped.
      files.delete("f");
      file.mapForReading();
      byte[] block = new byte[BLOCK];
      file.readFully(BLOCK, block, 0, BLOCK);
      assertArrayEquals(Arrays.copyOfRange(content, BLOCK, 2 * BLOCK), block);
    }
  }

  /** Compiled code notices late that a page is gone, unless it is made to look. */
  @Test
  void whatWasCutAwayIsAFailureOfItsReadAlone() throws IOException {
    try (StorageFile file = mapped(new DiskFileSystem(directory))) {
      for (int round = 0; round < 20; round++) {
        assertEquals(0, failures(file, BYTES));
      }
      try (FileChannel channel =
          FileChannel.open(directory.resolve("f"), StandardOpenOption.WRITE)) {
        channel.truncate(BYTES / 2);
      }
      for (int round = 0; round < 20; round++) {
        assertTrue(failures(file, BYTES / 2) > 0);
      }
    }
  }

  /** Reads at random, in one loop that is compiled as a whole; what lies from an end on fails. */
  private int failures(StorageFile file, int end) {
    byte[] block = new byte[BLOCK];
    int failures = 0;
    int wrong = 0;
    for (int i = 0; i < 20_000; i++) {
      boolean isGone = end < BYTES && random.nextInt(50) == 0;
      int position = isGone ? random.nextInt(end, BYTES - BLOCK) : random.nextInt(end - BLOCK);
      int length = random.nextInt(1, BLOCK);
      try {
        file.readFully(position, block, 0, length);
        wrong += isGone || block[length - 1] != content[position + length - 1] ? 1 : 0;
      } catch (StorageException e) {
        failures++;
        wrong += isGone && e.category() == StorageException.Category.RESOURCE ? 0 : 1;
      }
    }
    assertEquals(0, wrong);
    return failures;
  }

  /** On disk, with tables that come and go while others read them. */
  @Test
  void aStoreOfMappedTablesAnswersWhileTablesAreReplaced() throws Exception {
    StoreOptions options =
        StoreOptions.defaults()
            .withMemtableBytes(16 << 10)
            .withBlockCacheBytes(0)
            .withTables(
                TableOptions.defaults().withBottom(BottomCompression.ZSTD).withMapped(true));
    try (Store store =
        FacetStore.open(new DiskFileSystem(directory), options, StoreThreads.background(options))) {
      int space = store.createKeySpace(KeySpaceOptions.keepFor(Duration.ZERO));
      write(store, space, 0);
      Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
      AtomicBoolean done = new AtomicBoolean();
      List<Thread> readers = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        readers.add(Thread.ofPlatform().start(() -> readUntil(done, store, space, failures)));
      }
      for (int commit = 1; commit < COMMITS; commit++) {
        write(store, space, commit);
        if (commit % 10 == 0) {
          store.flush();
        }
        if (commit % 25 == 0) {
          store.compact();
        }
      }
      done.set(true);
      for (Thread reader : readers) {
        reader.join();
      }
      assertEquals(List.of(), List.copyOf(failures));
    }
    assertEquals(List.of(), FacetStore.check(new DiskFileSystem(directory)).problems());
  }

  private static byte[] key(int number) {
    return new byte[] {(byte) number};
  }

  private static void write(Store store, int space, int commit) {
    byte[] value = new byte[100];
    Arrays.fill(value, (byte) commit);
    try (Transaction transaction = store.begin()) {
      for (int i = 0; i < KEYS; i++) {
        transaction.put(space, key(i), value);
      }
      transaction.commit(Durability.NONE);
    }
  }

  /** All keys have the value of one commit. */
  private static void readUntil(
      AtomicBoolean done, Store store, int space, Queue<Throwable> failures) {
    try {
      while (!done.get()) {
        try (Snapshot snapshot = store.snapshot()) {
          byte[] first = Objects.requireNonNull(snapshot.get(space, key(0)));
          for (int i = 1; i < KEYS; i++) {
            assertArrayEquals(first, snapshot.get(space, key(i)));
          }
        }
      }
    } catch (Throwable e) {
      failures.add(e);
    }
  }
}
