package org.facetdb.bootstrap;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelJarsTest {
  @TempDir Path directory;
  private Path packed;
  private KernelIndex index;
  private final AtomicInteger opened = new AtomicInteger();

  @BeforeEach
  void pack() throws IOException {
    packed = Files.createDirectory(directory.resolve("packed"));
    jar("alpha-1.0.jar", "alpha/A.class", "META-INF/services/x.Service");
    jar("beta-2.0.jar", "beta/B.class", "beta/inner/C.class");
    index = KernelIndex.of(packed);
  }

  private void jar(String name, String... entries) throws IOException {
    try (OutputStream file = Files.newOutputStream(packed.resolve(name));
        JarOutputStream jar = new JarOutputStream(file)) {
      for (String entry : entries) {
        jar.putNextEntry(new JarEntry(entry));
        jar.write("alpha.A".getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private KernelJars unpack(Path... caches) throws IOException {
    return KernelJars.unpack(
        index,
        List.of(caches),
        file -> {
          opened.incrementAndGet();
          return Files.newInputStream(packed.resolve(file));
        });
  }

  @Test
  void theIndexSurvivesItsTextAndNamesPackagesAndServices() throws IOException {
    byte[] text = index.toText().getBytes(StandardCharsets.UTF_8);
    KernelIndex read = KernelIndex.read(new ByteArrayInputStream(text));
    assertEquals(index.toText(), read.toText());
    var alpha = read.jars().get(0).automatic();
    assertEquals("alpha", alpha.name());
    assertEquals("[alpha]", alpha.packages().toString());
    assertEquals(1, alpha.provides().size());
    byte[] broken = "hash\tx\nwhat\n".getBytes(StandardCharsets.UTF_8);
    assertThrows(IOException.class, () -> KernelIndex.read(new ByteArrayInputStream(broken)));
  }

  @Test
  void theHashFollowsTheContent() throws IOException {
    String before = index.hash();
    jar("beta-2.0.jar", "beta/D.class");
    assertNotEquals(before, KernelIndex.of(packed).hash());
  }

  @Test
  void whatIsWholeIsNotWrittenAgainAndWhatIsCutIs() throws IOException {
    Path cache = directory.resolve("cache");
    Path folder = unpack(cache).folder();
    assertEquals(2, opened.get());
    unpack(cache);
    assertEquals(2, opened.get());
    Path beta = folder.resolve("beta-2.0.jar");
    Files.write(beta, new byte[] {1, 2, 3});
    unpack(cache);
    assertEquals(3, opened.get());
    assertArrayEquals(Files.readAllBytes(packed.resolve("beta-2.0.jar")), Files.readAllBytes(beta));
  }

  @Test
  void concurrentStartsAllEndWithWholeFilesAndNoDrafts() throws Exception {
    Path cache = directory.resolve("cache");
    List<Future<KernelJars>> starts = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(8)) {
      Callable<KernelJars> start = () -> unpack(cache);
      for (int i = 0; i < 8; i++) {
        starts.add(threads.submit(start));
      }
    }
    Path folder = starts.get(0).get().folder();
    for (Future<KernelJars> start : starts) {
      assertEquals(folder, start.get().folder());
    }
    try (var files = Files.list(folder)) {
      assertEquals(
          List.of("alpha-1.0.jar", "beta-2.0.jar"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void aFolderThatCannotBeUsedGivesWayToTheNext() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "in the way");
    Path good = directory.resolve("good");
    assertTrue(unpack(file.resolve("below"), good).folder().startsWith(good));
    IOException refused = assertThrows(IOException.class, () -> unpack(file.resolve("below")));
    assertTrue(refused.getMessage().contains("below"), refused.getMessage());
  }

  @Test
  void aFolderThatOthersCanWriteIsRefused() throws IOException {
    Path cache = directory.resolve("cache");
    Path folder = unpack(cache).folder();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    IOException refused = assertThrows(IOException.class, () -> unpack(cache));
    assertTrue(refused.getMessage().contains("this user alone"), refused.getMessage());
  }

  @Test
  void aNestedJarOfAnotherSizeIsAnError() throws IOException {
    KernelJars.Source liar = file -> new ByteArrayInputStream(new byte[] {1});
    IOException refused =
        assertThrows(
            IOException.class,
            () -> KernelJars.unpack(index, List.of(directory.resolve("cache")), liar));
    assertTrue(refused.getMessage().contains("wrong size"), refused.getMessage());
  }
}
