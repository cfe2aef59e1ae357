package org.facetdb.storage.staged;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.log.WriteBatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Writes in memory and in files are the same to who asks for them. */
class StagedWritesTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.staged.rounds", 300);
  private static final String DIRECTORY = "spill";

  private final MemoryFileSystem files = MemoryFileSystem.strict();
  private final WriteBudget budget = new WriteBudget(1 << 20);

  /** A write as the model has it. */
  private record Write(byte @Nullable [] value, long mask) {
    boolean isSame(@Nullable StagedWrite other) {
      return other != null && Arrays.equals(value, other.value()) && mask == other.changedColumns();
    }
  }

  /** A cursor beside what it has to tell. */
  private record Opened(StagedCursor cursor, List<Map.Entry<byte[], Write>> left) {}

  private static TreeMap<byte[], Write> copy(TreeMap<byte[], Write> model) {
    return new TreeMap<>(model);
  }

  private static byte[] bytes(int value) {
    return new byte[] {(byte) value};
  }

  @Test
  void areTheSameInMemoryAndInFiles() {
    Random random = new Random(Seeds.next(StagedWritesTest.class));
    int spilled = 0;
    for (int round = 0; round < ROUNDS; round++) {
      spilled += round(random);
      assertEquals(List.of(), files.list(DIRECTORY));
      assertEquals(0, budget.takenBytes());
    }
    assertTrue(spilled > ROUNDS, "rounds=" + ROUNDS + " files=" + spilled);
  }

  /** Runs one transaction, and returns how many files it had at the end. */
  private int round(Random random) {
    List<TreeMap<byte[], Write>> models = new ArrayList<>();
    for (int space = 0; space < 2; space++) {
      models.add(new TreeMap<>(Arrays::compareUnsigned));
    }
    List<Long> marks = new ArrayList<>();
    List<List<TreeMap<byte[], Write>>> marked = new ArrayList<>();
    List<Opened> cursors = new ArrayList<>();
    int steps = random.nextInt(400);
    try (StagedWrites writes =
        new StagedWrites(new SpillSpace(files, budget, random.nextInt(8_000)))) {
      for (int step = 0; step < steps; step++) {
        int space = random.nextInt(2);
        TreeMap<byte[], Write> model = models.get(space);
        byte[] key = key(random);
        switch (random.nextInt(12)) {
          case 0 -> {
            marks.add(writes.mark());
            marked.add(models.stream().map(StagedWritesTest::copy).toList());
          }
          case 1 -> {
            if (!marks.isEmpty() && random.nextInt(3) == 0) {
              int mark = random.nextInt(marks.size());
              cursors.forEach(opened -> opened.cursor().close());
              cursors.clear();
              writes.rollbackTo(marks.get(mark));
              models =
                  new ArrayList<>(marked.get(mark).stream().map(StagedWritesTest::copy).toList());
              marks.subList(mark + 1, marks.size()).clear();
              marked.subList(mark + 1, marked.size()).clear();
            }
          }
          case 2 -> cursors.add(open(writes, space, model, random));
          case 3, 4 -> {
            if (!cursors.isEmpty()) {
              advance(cursors, random);
            }
          }
          case 5 -> {
            Write expected = model.get(key);
            StagedWrite found = writes.find(space, key);
            assertTrue(expected == null ? found == null : expected.isSame(found));
            assertEquals(!model.isEmpty(), writes.has(space));
          }
          default -> stage(writes, space, model, key, random);
        }
      }
      while (!cursors.isEmpty()) {
        advance(cursors, random);
      }
      int spilled = files.list(DIRECTORY).size();
      if (spilled > 0) {
        assertEncodedInBatches(models, writes);
      } else {
        assertEncoded(models, writes.encode());
      }
      assertTrue(files.list(DIRECTORY).size() <= spilled + 1);
      return spilled;
    }
  }

  private static byte[] key(Random random) {
    byte[] key = new byte[1 + random.nextInt(2)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(8) * 36);
    }
    return key;
  }

  private static void stage(
      StagedWrites writes, int space, TreeMap<byte[], Write> model, byte[] key, Random random) {
    byte[] value = null;
    if (random.nextInt(4) > 0) {
      value = new byte[random.nextInt(30) == 0 ? random.nextInt(40_000) : random.nextInt(60)];
      random.nextBytes(value);
    }
    long mask =
        value == null || random.nextInt(3) == 0 ? Transaction.ALL_COLUMNS : 1L << random.nextInt(9);
    Write before = model.get(key);
    long whole = before == null ? mask : before.value() == null ? -1 : before.mask() | mask;
    writes.stage(space, key, value, mask);
    model.put(key, new Write(value, whole));
  }

  private static Opened open(
      StagedWrites writes, int space, TreeMap<byte[], Write> model, Random random) {
    byte[] from = random.nextBoolean() ? null : key(random);
    byte[] to = random.nextBoolean() ? null : key(random);
    List<Map.Entry<byte[], Write>> left = new ArrayList<>();
    model.forEach(
        (key, write) -> {
          if ((from == null || Arrays.compareUnsigned(key, from) >= 0)
              && (to == null || Arrays.compareUnsigned(key, to) < 0)) {
            left.add(Map.entry(key, write));
          }
        });
    return new Opened(writes.cursor(space, from, to), left);
  }

  private static void advance(List<Opened> cursors, Random random) {
    int index = random.nextInt(cursors.size());
    Opened opened = cursors.get(index);
    int steps = 1 + random.nextInt(6);
    for (int i = 0; i < steps; i++) {
      if (opened.left().isEmpty()) {
        assertFalse(opened.cursor().next());
        opened.cursor().close();
        cursors.remove(index);
        return;
      }
      Map.Entry<byte[], Write> expected = opened.left().removeFirst();
      assertTrue(opened.cursor().next());
      assertArrayEquals(expected.getKey(), opened.cursor().key());
      assertArrayEquals(expected.getValue().value(), opened.cursor().value());
      assertEquals(expected.getValue().mask(), opened.cursor().changedColumns());
    }
  }

  /** Every batch is completed once, and is read back as it was then. */
  private static void assertEncodedInBatches(
      List<TreeMap<byte[], Write>> models, StagedWrites writes) {
    List<Integer> completed = new ArrayList<>();
    try (StagedBatches batches =
        writes.encode(
            batch -> {
              completed.add(batch.count());
              batch.compact();
            })) {
      WriteBatch all = new WriteBatch(64);
      long bytes = 0;
      for (int i = 0; i < batches.size(); i++) {
        WriteBatch batch = batches.get(i);
        assertEquals(completed.get(i), batch.count());
        bytes += batch.byteLength();
        assertTrue(batch.byteLength() <= batches.largest());
        WriteBatch.Rows rows = batch.rows();
        while (rows.next()) {
          int value = rows.valueOffset();
          byte[] copy = Arrays.copyOfRange(rows.array(), value, value + rows.valueLength());
          if (rows.isDelete()) {
            all.delete(rows.keySpace(), rows.key(), 0);
          } else {
            all.put(rows.keySpace(), rows.key(), copy, rows.changedColumns(), 0);
          }
        }
      }
      assertEquals(completed.size(), batches.size());
      assertEquals(bytes, batches.bytes());
      assertEncoded(models, all);
    }
  }

  private static void assertEncoded(List<TreeMap<byte[], Write>> models, WriteBatch batch) {
    WriteBatch.Rows rows = batch.rows();
    for (int space = 0; space < models.size(); space++) {
      for (Map.Entry<byte[], Write> expected : models.get(space).entrySet()) {
        assertTrue(rows.next());
        assertEquals(space, rows.keySpace());
        assertArrayEquals(expected.getKey(), rows.key());
        byte[] value = expected.getValue().value();
        assertEquals(value == null, rows.isDelete());
        if (value != null) {
          assertEquals(expected.getValue().mask(), rows.changedColumns());
          int from = rows.valueOffset();
          assertArrayEquals(
              value, Arrays.copyOfRange(rows.array(), from, from + rows.valueLength()));
        }
      }
    }
    assertFalse(rows.next());
  }

  @Test
  void goToFilesWhereTheBudgetEndsAndFailWhereThatIsNotEnough() {
    WriteBudget small = new WriteBudget(150 << 10);
    SpillSpace space = new SpillSpace(files, small, 1 << 30);
    try (StagedWrites first = new StagedWrites(space);
        StagedWrites second = new StagedWrites(space)) {
      byte[] value = new byte[1000];
      for (int i = 0; i < 1000; i++) {
        first.stage(1, new byte[] {(byte) (i >> 8), (byte) i}, value, 1);
      }
      assertTrue(files.list(DIRECTORY).size() > 3);
      assertTrue(small.takenBytes() <= 150 << 10);
      try (StagedBatches batches = first.encode(batch -> {})) {
        assertTrue(batches.size() > 20, "batches: " + batches.size());
        assertTrue(small.takenBytes() <= 150 << 10);
      }
      assertEquals(
          "53200",
          assertThrows(
                  StorageException.class, () -> second.stage(1, bytes(1), new byte[300 << 10], 1))
              .sqlState());
      assertNull(second.find(1, bytes(1)));
      assertTrue(second.isEmpty());
      second.stage(1, bytes(1), new byte[10], 1);
      assertEquals(1, second.encode().count());
    }
    assertEquals(0, small.takenBytes());
    assertEquals(List.of(), files.list(DIRECTORY));
  }

  @Test
  void aFlippedBitInAFileIsFoundAndACursorEndsWithItsTransaction() {
    SpillSpace space = new SpillSpace(files, budget, 2_000);
    StagedWrites writes = new StagedWrites(space);
    for (int i = 0; i < 100; i++) {
      writes.stage(1, bytes(i), new byte[100], 1);
    }
    String name = DIRECTORY + "/" + files.list(DIRECTORY).getFirst();
    StagedCursor cursor = writes.cursor(1, null, null);
    assertTrue(cursor.next());
    try (StorageFile file = files.open(name, FileSystem.Mode.WRITE)) {
      byte[] one = new byte[1];
      file.readFully(50, one, 0, 1);
      one[0] ^= 4;
      file.write(50, one, 0, 1);
    }
    StorageException damaged = assertThrows(StorageException.class, () -> writes.find(1, bytes(2)));
    assertEquals(StorageException.Category.CORRUPTION, damaged.category());
    assertTrue(String.valueOf(damaged.getMessage()).contains(name), damaged.getMessage());
    writes.close();
    StagedCursor late = writes.cursor(2, null, null);
    assertFalse(late.next());
    assertEquals(
        "25000",
        assertThrows(StorageException.class, () -> writes.cursor(1, null, null)).sqlState());
  }

  @Test
  void whatACrashLeftIsSwept() {
    StagedWrites writes = new StagedWrites(new SpillSpace(files, budget, 0));
    writes.stage(1, bytes(1), bytes(1), 1);
    writes.stage(1, bytes(2), bytes(1), 1);
    assertEquals(1, files.list(DIRECTORY).size());
    MemoryFileSystem survivor = files.kill();
    assertEquals(1, survivor.list(DIRECTORY).size());
    SpillSpace.sweep(survivor);
    assertEquals(List.of(), survivor.list(DIRECTORY));
    writes.close();
  }
}
