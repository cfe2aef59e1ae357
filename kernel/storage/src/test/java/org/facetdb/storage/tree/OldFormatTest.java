package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.fs.DiskFileSystem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A tree that was written when tables had version 1, 4 or 5 opens, and is rewritten in the new one.
 */
class OldFormatTest {
  @TempDir private Path folder;

  private void unpack(String tree, List<Integer> tables) throws IOException {
    Files.createDirectories(folder.resolve("tables"));
    List<String> files = new ArrayList<>(List.of("CURRENT", "MANIFEST-0000000001"));
    tables.forEach(number -> files.add("tables/000000000" + number + ".sst"));
    for (String name : files) {
      try (InputStream bytes = OldFormatTest.class.getResourceAsStream("/" + tree + "/" + name)) {
        Files.copy(Objects.requireNonNull(bytes, name), folder.resolve(name));
      }
    }
  }

  private static @Nullable String get(LsmTree tree, int number, long timestamp) {
    byte[] value = tree.get(1, TreeFixture.key(number), timestamp);
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  /** Round r wrote keys r to 59 at timestamp r + 1, then removed the last 5 r. */
  private static void verify(LsmTree tree) {
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 60; i++) {
        String found = get(tree, i, round + 1);
        if (i >= 60 - 5 * round) {
          assertNull(found, "key " + i + " after round " + round);
        } else {
          assertEquals("value " + i + " of round " + Math.min(i, round), found);
        }
      }
      assertNull(get(tree, 60, round + 1));
    }
  }

  @Test
  void tablesOfVersionOneAreReadAndRewritten() throws IOException {
    unpack("tree-1", List.of(4, 6, 7));
    readAndRewrite(TableOptions.defaults());
  }

  @Test
  void tablesOfVersionFourAreReadAndRewrittenWithZstd() throws IOException {
    unpack("tree-4", List.of(2, 3, 4));
    readAndRewrite(TableOptions.defaults().withBottom(BottomCompression.ZSTD));
  }

  /** Tables of the current tree and of the history, with fuse filters and two index blocks. */
  @Test
  void tablesOfVersionFiveAreReadAndRewritten() throws IOException {
    unpack("tree-5", List.of(6, 8, 9));
    readAndRewrite(TableOptions.defaults());
  }

  private void readAndRewrite(TableOptions tables) {
    TreeOptions options =
        new TreeOptions(
            1 << 20, 2, 512, 1 << 20, 1 << 20, 4, 32 << 20, 1 << 20, tables, 2, 0, Runnable::run);
    TestHost host = new TestHost();
    try (LsmTree tree = LsmTree.open(new DiskFileSystem(folder), options, host)) {
      assertEquals(List.of(), tree.check());
      verify(tree);
      tree.compact(null);
      assertEquals(List.of(), tree.check());
      verify(tree);
    }
    try (LsmTree tree = LsmTree.open(new DiskFileSystem(folder), options, host)) {
      verify(tree);
    }
  }
}
