package org.facetdb.storage.tree.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FailingFileSystem;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.tree.entry.SpaceKey;
import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;
import org.junit.jupiter.api.Test;

class ManifestTest {
  private final SplittableRandom random = new SplittableRandom(Seeds.next(ManifestTest.class));

  @Test
  void editIsEncodedAsTheDocumentationSays() {
    assertEquals(
        "01000000" + "01" + "0700000000000000",
        HexFormat.of().formatHex(EditCodec.encode(List.of(new Change.NextFile(7)))));
  }

  @Test
  void checksumInTheDocumentationsExampleOfCurrentIsRight() {
    CRC32C crc = new CRC32C();
    crc.update("MANIFEST-0000000007".getBytes());
    assertEquals("ce7768a2", HexFormat.of().toHexDigits((int) crc.getValue()));
  }

  @Test
  void everyKindOfChangeSurvivesItsEncoding() {
    for (int i = 0; i < 500; i++) {
      List<Change> edit = new ArrayList<>();
      for (int n = random.nextInt(10); n > 0; n--) {
        edit.add(change());
      }
      assertEquals(edit, EditCodec.decode(EditCodec.encode(edit)));
    }
  }

  /** A kill at any operation of the first open, and a crash at any of the second. */
  @Test
  void aDirectoryThatWasNeverCompleteOpensAfterAKillAndACrash() {
    int crashes = 0;
    boolean isWhole = false;
    for (int killAt = 1; !isWhole; killAt++) {
      MemoryFileSystem files = MemoryFileSystem.strict();
      isWhole = opens(new FailingFileSystem(files, killAt, true));
      crashes += crashInTheSecondOpen(files.kill(), killAt);
    }
    assertTrue(crashes > 100, "crashes=" + crashes);
  }

  private int crashInTheSecondOpen(MemoryFileSystem killed, int killAt) {
    int crashes = 0;
    boolean isWhole = false;
    for (int crashAt = 1; !isWhole; crashAt++) {
      MemoryFileSystem files = killed.kill();
      isWhole = opens(new FailingFileSystem(files, crashAt, true));
      for (int i = 0; i < 8; i++) {
        assertTrue(opens(files.survivor(random)), "killAt=" + killAt + " crashAt=" + crashAt);
        crashes++;
      }
    }
    return crashes;
  }

  private static boolean opens(FileSystem files) {
    try (Manifest manifest = Manifest.open(files, TreeState.empty())) {
      return manifest.state().nextFile() > 1;
    } catch (StorageException e) {
      assertEquals(StorageException.Category.RESOURCE, e.category(), e.getMessage());
      return false;
    }
  }

  private Change change() {
    return switch (random.nextInt(8)) {
      case 0 -> new Change.NextFile(random.nextLong());
      case 1 -> new Change.NextKeySpace(random.nextInt());
      case 2 -> new Change.Flushed(random.nextLong(), random.nextLong());
      case 3 -> {
        TableInfo table = table(random.nextLong());
        int levels = table.kind() == TableKind.CURRENT ? TreeState.LEVELS : Integer.MAX_VALUE;
        yield new Change.AddTable(random.nextInt(levels), table);
      }
      case 4 -> new Change.RemoveTable(TableKind.HISTORY, random.nextLong());
      case 5 -> new Change.PutKeySpace(random.nextInt(), keySpace());
      case 6 -> new Change.NewestSegment(random.nextLong());
      default -> new Change.ForgetKeySpace(random.nextInt());
    };
  }

  private KeySpaceState keySpace() {
    KeySpaceOptions options =
        random.nextBoolean()
            ? KeySpaceOptions.keepForEver()
            : KeySpaceOptions.keepFor(Duration.ofNanos(random.nextLong(1L << 62)));
    return new KeySpaceState(options, random.nextLong(), random.nextLong());
  }

  private TableInfo table(long number) {
    byte[] smallest = new byte[random.nextInt(300)];
    byte[] largest = new byte[random.nextInt(300)];
    random.nextBytes(smallest);
    random.nextBytes(largest);
    return new TableInfo(
        number,
        random.nextBoolean() ? TableKind.CURRENT : TableKind.HISTORY,
        random.nextLong(),
        random.nextLong(),
        random.nextLong(),
        new SpaceKey(random.nextInt(), smallest),
        new SpaceKey(random.nextInt(), largest),
        random.nextLong(),
        random.nextLong(),
        random.nextLong());
  }

  @Test
  void stateIsReadBackAfterAnyNumberOfEditsAlsoWhenTheManifestRolls() {
    MemoryFileSystem files = MemoryFileSystem.strict();
    TreeState expected;
    long firstNumber;
    try (Manifest manifest = Manifest.open(files, TreeState.empty())) {
      firstNumber = Long.parseLong(manifest.fileName().substring(Manifest.PREFIX.length()));
      List<Long> tables = new ArrayList<>();
      for (int i = 0; i < 15_000; i++) {
        long number = manifest.allocateFile();
        List<Change> edit = new ArrayList<>();
        edit.add(new Change.AddTable(0, table(number)));
        edit.add(new Change.Flushed(i, i * 2L));
        tables.add(number);
        if (tables.size() > 5) {
          long gone = tables.remove(random.nextInt(5));
          edit.add(new Change.RemoveTable(TableKind.CURRENT, gone));
          edit.add(new Change.RemoveTable(TableKind.HISTORY, gone));
        }
        manifest.append(edit);
      }
      expected = manifest.state();
      long lastNumber = Long.parseLong(manifest.fileName().substring(Manifest.PREFIX.length()));
      assertTrue(lastNumber > firstNumber, "the manifest rolled");
    }
    assertEquals(expected, Manifest.read(files));
    assertEquals(expected, Manifest.read(files.survivor(new java.util.Random(1))));
    assertEquals(2, files.list("").stream().filter(n -> !n.equals("tables")).count());
  }
}
