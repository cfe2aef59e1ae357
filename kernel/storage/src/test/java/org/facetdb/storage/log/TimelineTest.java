package org.facetdb.storage.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.junit.jupiter.api.Test;

/** Which commit was when: written, read back, cut where torn and refused where damaged. */
class TimelineTest {
  private static final String DIRECTORY = "log";
  private static final String FIRST_FILE = "log/0000000000000001.timeline";
  private static final long ONE_FILE = 1 << 20;

  private final MemoryFileSystem files = MemoryFileSystem.unsynced();

  TimelineTest() {
    files.createDirectories(DIRECTORY);
  }

  private static long timestamp(long sequence) {
    return 1000 + sequence * 3;
  }

  /** Persists commits up to a sequence, some at a time. */
  private void write(int sequences, int atATime, long fileBytes) {
    try (Timeline timeline = Timeline.open(files, DIRECTORY, fileBytes)) {
      timeline.start();
      for (long sequence = 1; sequence <= sequences; sequence++) {
        timeline.add(sequence, timestamp(sequence));
        if (sequence % atATime == 0) {
          timeline.persist(sequence);
        }
      }
    }
  }

  private byte[] read(String name) {
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[(int) file.size()];
      file.readFully(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  private void replace(String name, byte[] bytes) {
    files.delete(name);
    try (StorageFile file = files.open(name, FileSystem.Mode.CREATE)) {
      file.write(0, bytes, 0, bytes.length);
    }
  }

  private StorageException refusal() {
    StorageException refusal =
        assertThrows(
            StorageException.class, () -> Timeline.open(files, DIRECTORY, ONE_FILE).close());
    assertEquals(StorageException.Category.CORRUPTION, refusal.category());
    return refusal;
  }

  @Test
  void whatWasPrunedIsNotTakenForQuiet() {
    write(100, 5, 100);
    long idle = timestamp(1_000_000);
    try (Timeline timeline = Timeline.open(files, DIRECTORY, 100)) {
      timeline.start();
      int before = files.list(DIRECTORY).size();
      assertTrue(before > 3, "files=" + before);
      assertEquals(timestamp(51) - 1, timeline.unchangedUntil(timestamp(50)));
      assertEquals(timestamp(51) - 1, timeline.unchangedUntil(timestamp(50) + 1));
      assertEquals(timestamp(1) - 1, timeline.unchangedUntil(5));
      assertEquals(Long.MAX_VALUE, timeline.unchangedUntil(timestamp(100)));
      timeline.add(101, idle);
      timeline.persist(101);
      timeline.prune(idle - 1);
      assertTrue(files.list(DIRECTORY).size() <= 3, "files=" + files.list(DIRECTORY));
      // The commit that was the last one during the idle time is known still.
      Timeline.Commit last = timeline.atTimestamp(idle - 1);
      assertEquals(new Timeline.Commit(100, timestamp(100)), last);
      assertEquals(idle - 1, timeline.unchangedUntil(timestamp(100)));
      // Others followed here, though the next one that is known came much later.
      assertEquals(timestamp(20), timeline.unchangedUntil(timestamp(20)));
    }
  }

  /** A file that is open cannot be deleted here. */
  @Test
  void twoFilesAreOpenHoweverLongHistoryIs() {
    write(100, 5, 100);
    try (Timeline timeline = Timeline.open(files, DIRECTORY, 100)) {
      timeline.start();
      for (long sequence = 101; sequence <= 200; sequence += 5) {
        for (long next = sequence; next < sequence + 5; next++) {
          timeline.add(next, timestamp(next));
        }
        timeline.persist(sequence + 4);
      }
      for (long sequence = 1; sequence <= 200; sequence++) {
        assertEquals(
            new Timeline.Commit(sequence, timestamp(sequence)), timeline.atSequence(sequence));
      }
      assertEquals(new Timeline.Commit(2, timestamp(2)), timeline.atSequence(2));
      int files = this.files.list(DIRECTORY).size();
      assertTrue(files > 6, "files=" + files);
      assertEquals(2, this.files.list(DIRECTORY).stream().filter(this::isOpen).count());
    }
    assertEquals(0, files.list(DIRECTORY).stream().filter(this::isOpen).count());
  }

  private boolean isOpen(String name) {
    try {
      files.delete(DIRECTORY + "/" + name);
      return false;
    } catch (StorageException refused) {
      return true;
    }
  }

  /** A commit of several records stands under the sequence of its last one. */
  @Test
  void nothingIsPrunedBeforeAFirstCommitOfManyRecords() {
    try (Timeline timeline = Timeline.open(files, DIRECTORY)) {
      timeline.start();
      timeline.add(40, timestamp(1));
      assertEquals(timestamp(1) - 1, timeline.unchangedUntil(0));
      timeline.persist(40);
      assertEquals(timestamp(1) - 1, timeline.unchangedUntil(0));
    }
    try (Timeline timeline = Timeline.open(files, DIRECTORY)) {
      assertEquals(timestamp(1) - 1, timeline.unchangedUntil(0));
    }
  }

  @Test
  void bytesAreThoseOfTheWorkedExample() {
    byte[] block = TimelineFormat.encode(new long[] {7, 8}, new long[] {1_000, 1_003}, 0, 2, 8, 6);
    assertEquals(
        "0917d857"
            + "02000000"
            + "0700000000000000"
            + "e803000000000000"
            + "0800000000000000"
            + "02000000"
            + "0200"
            + "0000"
            + "0600000000000000"
            + "32b1db6f"
            + "0103",
        HexFormat.of().formatHex(block));
  }

  @Test
  void everyCommitIsFoundAcrossFiles() {
    write(3_000, 50, 400);
    assertTrue(files.list(DIRECTORY).size() > 3, "files: " + files.list(DIRECTORY));
    try (Timeline timeline = Timeline.open(files, DIRECTORY, 400)) {
      assertEquals(3_000, timeline.through());
      for (long sequence = 1; sequence <= 3_000; sequence++) {
        Timeline.Commit commit = new Timeline.Commit(sequence, timestamp(sequence));
        assertEquals(commit, timeline.atSequence(sequence));
        assertEquals(commit, timeline.atTimestamp(timestamp(sequence) + 2));
      }
    }
  }

  @Test
  void everyFlippedBitIsRefusedWithItsBlock() {
    write(60, 20, ONE_FILE);
    byte[] whole = read(FIRST_FILE);
    int blockBytes = whole.length / 3;
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] bytes = whole.clone();
      bytes[bit >>> 3] ^= (byte) (1 << (bit & 7));
      replace(FIRST_FILE, bytes);
      String message = String.valueOf(refusal().getMessage());
      int block = bit / 8 / blockBytes * blockBytes;
      String place = "file=memory:" + FIRST_FILE + " offset=" + block + " ";
      assertTrue(message.contains(place), "bit " + bit + ": " + message);
    }
  }

  @Test
  void aFileIsCutAtAnyByteToTheBlocksThatAreWhole() {
    write(60, 20, ONE_FILE);
    byte[] whole = read(FIRST_FILE);
    int blockBytes = whole.length / 3;
    for (int bytes = 0; bytes <= whole.length; bytes++) {
      replace(FIRST_FILE, Arrays.copyOf(whole, bytes));
      int blocks = bytes / blockBytes;
      try (Timeline timeline = Timeline.open(files, DIRECTORY, ONE_FILE)) {
        assertEquals(blocks * 20L, timeline.through(), "cut at " + bytes);
        assertEquals(blocks * blockBytes, timeline.lastFileEnd());
        assertEquals(bytes, read(FIRST_FILE).length, "opening must not change the file");
        timeline.start();
        assertEquals(blocks * blockBytes, read(FIRST_FILE).length);
      }
    }
  }

  @Test
  void aMissingFileInTheMiddleIsNoticed() {
    write(600, 50, 100);
    List<String> names = files.list(DIRECTORY);
    assertTrue(names.size() >= 4, "files: " + names);
    byte[] second = read(DIRECTORY + "/" + names.get(1));
    files.delete(DIRECTORY + "/" + names.get(1));
    String message = String.valueOf(refusal().getMessage());
    assertTrue(message.contains(names.get(2) + " offset=40 "), message);
    replace(DIRECTORY + "/" + names.get(1), second);
    Timeline.open(files, DIRECTORY, ONE_FILE).close();
  }

  @Test
  void aBlockOfALaterFormatIsRefusedAsSuch() {
    write(60, 20, ONE_FILE);
    byte[] bytes = read(FIRST_FILE);
    bytes[36] = 7;
    int sum = LogFormat.checksum(bytes, 4, 44);
    for (int i = 0; i < 4; i++) {
      bytes[48 + i] = (byte) (sum >>> 8 * i);
    }
    replace(FIRST_FILE, bytes);
    StorageException e = refusal();
    assertEquals("0A000", e.sqlState());
    String message = String.valueOf(e.getMessage());
    String end = "offset=36 expected=format version 1 to 2 found=format version 7";
    assertTrue(message.endsWith(end), message);
  }
}
