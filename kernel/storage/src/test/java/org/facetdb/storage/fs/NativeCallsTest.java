package org.facetdb.storage.fs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Room is taken on the disk, what was there stays, and nothing of it is written. */
class NativeCallsTest {
  private static final int BYTES = 8 << 20;

  @TempDir private Path directory;

  private static long number(String file, String label) throws IOException {
    for (String line : Files.readAllLines(Path.of(file))) {
      if (line.startsWith(label)) {
        return Long.parseLong(line.substring(label.length()).strip());
      }
    }
    throw new AssertionError("no line of this label: " + label);
  }

  private static long blocks(Path file) throws IOException {
    Process process =
        new ProcessBuilder("stat", "-c", "%b", file.toString()).redirectErrorStream(true).start();
    return Long.parseLong(new String(process.getInputStream().readAllBytes()).strip());
  }

  /** Kilobytes of a mapped file that this process holds. */
  private static long resident(Path file) throws IOException {
    boolean found = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      found |= line.endsWith(file.toString());
      if (found && line.startsWith("Rss:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new AssertionError("the file is not mapped: " + file);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void takesRoomWithoutWriting() throws IOException {
    Path file = directory.resolve("log");
    Files.write(file, new byte[] {1, 2, 3});
    long before = number("/proc/self/io", "write_bytes:");
    assertTrue(NativeCalls.allocate(file, 3, BYTES));
    long written = number("/proc/self/io", "write_bytes:") - before;
    byte[] content = Files.readAllBytes(file);
    byte[] expected = Arrays.copyOf(new byte[] {1, 2, 3}, BYTES);
    assertArrayEquals(expected, content);
    assertTrue(blocks(file) * 512 >= BYTES, "blocks of 512 bytes: " + blocks(file));
    assertTrue(written < BYTES / 2, "bytes written: " + written);
  }

  @Test
  void leavesALargerFileAlone() throws IOException {
    Path file = directory.resolve("log");
    Files.write(file, new byte[100]);
    assertFalse(NativeCalls.allocate(file, 100, 50));
    assertEquals(100, Files.size(file));
  }

  @Test
  void saysThatAFileIsNotThere() throws IOException {
    assertFalse(NativeCalls.allocate(directory.resolve("absent"), 0, 4096));
  }

  @Test
  void beginsToWriteAndLeavesTheBytesAlone() throws IOException {
    Path file = directory.resolve("table");
    byte[] content = new byte[BYTES];
    Arrays.fill(content, (byte) 7);
    Files.write(file, content);
    NativeCalls.beginWriting(file, 0, BYTES);
    NativeCalls.beginWriting(file, BYTES - 1, 4096);
    NativeCalls.beginWriting(directory.resolve("absent"), 0, 4096);
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void pagesLeaveTheProcessAndComeBackWithTheirBytes() throws IOException {
    Path file = directory.resolve("log");
    Files.write(file, new byte[BYTES]);
    byte[] content = new byte[BYTES];
    Arrays.fill(content, (byte) 7);
    try (MappedFile mapped = MappedFile.map(file, BYTES)) {
      mapped.write(0, content, 0, BYTES);
      assertEquals(BYTES >> 10, resident(file));
      mapped.letGo(1, BYTES - 1);
      mapped.letGo(5, 6);
      assertEquals(8, resident(file), "the first and the last page are not whole");
      mapped.write(4096, new byte[] {8}, 0, 1);
      content[4096] = 8;
      byte[] back = new byte[BYTES];
      assertEquals(BYTES, mapped.read(0, back, 0, BYTES));
      assertArrayEquals(content, back);
      assertArrayEquals(content, Files.readAllBytes(file));
    }
  }
}
