package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.log.WriteBatch;
import org.junit.jupiter.api.Test;

/** What a power loss leaves opens again as the state of some flushed commit, and checks clean. */
class TreeCrashTest {
  private static final int ROUNDS = 8;

  @Test
  void survivorsHoldAWholePrefixOfTheCommits() {
    SplittableRandom random = new SplittableRandom(Seeds.next(TreeCrashTest.class));
    for (int round = 0; round < ROUNDS; round++) {
      run(random.split());
    }
  }

  private static void run(SplittableRandom random) {
    MemoryFileSystem files = MemoryFileSystem.strict();
    VersionModel model = new VersionModel();
    List<Long> timestamps = new ArrayList<>(List.of(0L));
    try (TreeFixture fixture = new TreeFixture(files, TreeFixture.small(Runnable::run))) {
      for (int i = 0; i < 300; i++) {
        WriteBatch batch = fixture.batch();
        long timestamp = fixture.host.now.get() + 1;
        int rows = random.nextInt(1, 40);
        int first = random.nextInt(500);
        for (int row = 0; row < rows; row++) {
          byte[] key = TreeFixture.key(first + row);
          byte[] value = ("value " + timestamp + " " + row).getBytes();
          batch.put(1, key, value, -1L, 0);
          model.write(1, key, timestamp, value);
        }
        assertEquals(timestamp, fixture.commit(batch));
        timestamps.add(timestamp);
        if (random.nextInt(40) == 0) {
          fixture.tree.compact(null);
        }
        if (random.nextInt(20) == 0) {
          verify(files.survivor(random), fixture, model, timestamps, random);
        }
      }
    }
  }

  private static void verify(
      MemoryFileSystem survivor,
      TreeFixture original,
      VersionModel model,
      List<Long> timestamps,
      SplittableRandom random) {
    MemoryFileSystem files = survivor;
    // A crash during the open after a crash.
    for (int i = random.nextInt(3); i > 0; i--) {
      try (TreeFixture again = new TreeFixture(files, original.options)) {
        assertTrue(again.tree.flushedSequence() >= original.host.flushed.get());
        files = files.survivor(random);
      }
    }
    try (TreeFixture recovered = new TreeFixture(files, original.options)) {
      assertEquals(List.of(), recovered.tree.check());
      long sequence = recovered.tree.flushedSequence();
      assertTrue(sequence >= original.host.flushed.get(), "a flush that was told is gone");
      long timestamp = timestamps.get((int) sequence);
      assertEquals(timestamp, recovered.tree.lastTimestamp());
      for (long at : new long[] {timestamp, timestamps.get((int) sequence / 2)}) {
        var expected = model.scan(1, null, null, at).entrySet().iterator();
        try (Cursor cursor = recovered.tree.scan(1, null, null, at)) {
          while (cursor.next()) {
            var entry = expected.next();
            assertArrayEquals(entry.getKey(), cursor.key());
            assertArrayEquals(entry.getValue(), cursor.value());
          }
        }
        assertTrue(!expected.hasNext(), "rows are missing");
      }
    }
  }
}
