package org.facetdb.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipFile;
import org.facetdb.spi.DatabaseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Packages that can't be loaded: each is refused by name and reason, and a good one goes on. */
class RefusalTest {
  @TempDir private Path folder;
  private Path packages;
  private Path work;
  private PluginHost host;
  private LoadedPlugin good;

  @BeforeEach
  void loadAGoodOne() throws IOException {
    packages = folder.resolve("packages");
    work = folder.resolve("work");
    host = PluginHost.open(List.of(packages), folder.resolve("scratch"));
    PackageBuilder.plugin(work, "good", "1", "\"good\"").build(packages, "good.jar");
    good = host.load("good", "1");
  }

  @AfterEach
  void theGoodOneGoesOn() throws IOException {
    assertEquals("good", good.entry().toString());
    good.close();
    assertEquals("good", host.load("good", "1").entry().toString());
    host.close();
  }

  /** Expects a refusal from the load, the list and the check. */
  private void refused(Path jar, String... words) {
    PluginPackage shown = shown(jar);
    contains(host.check(jar).problem(), words);
    contains(shown.problem(), words);
    failsToLoad(shown, words);
  }

  private DatabaseException failsToLoad(PluginPackage shown, String... words) {
    DatabaseException failure =
        assertThrows(DatabaseException.class, () -> host.load(shown.name(), shown.version()));
    assertEquals("55000", failure.sqlState());
    contains(failure.getMessage(), shown.name());
    contains(failure.getMessage(), words);
    return failure;
  }

  private PluginPackage shown(Path jar) {
    return host.packages().stream().filter(p -> p.file().equals(jar)).findFirst().orElseThrow();
  }

  private static void contains(String text, String... words) {
    for (String word : words) {
      assertTrue(String.valueOf(text).contains(word), word + " is not in: " + text);
    }
  }

  private Path library() throws IOException {
    return PackageBuilder.jar(work)
        .source("module-info", "module lib { }")
        .file("x.txt", "x".repeat(1000))
        .build(work, "lib.jar");
  }

  private PackageBuilder bad() {
    return PackageBuilder.headed(work, "bad", "1.0");
  }

  @Test
  void aTruncatedJar() throws IOException {
    Path jar = PackageBuilder.plugin(work, "bad", "1.0", "1").build(packages, "bad.jar");
    truncate(jar);
    refused(jar, "can't be read");
  }

  @Test
  void aFileThatIsNoZip() throws IOException {
    refused(Files.writeString(packages.resolve("bad.jar"), "no zip"), "can't be read");
  }

  @Test
  void aJarWithDamagedBytes() throws IOException {
    Path jar =
        PackageBuilder.plugin(work, "bad", "1.0", "1").embed(library()).build(packages, "bad.jar");
    byte[] bytes = Files.readAllBytes(jar);
    int at = PackageBuilder.find(bytes, "lib/lib.jar");
    Arrays.fill(bytes, at + 60, at + 120, (byte) 0x55);
    Files.write(jar, bytes);
    contains(host.check(jar).problem(), "can't be read");
    failsToLoad(shown(jar), "can't be read");
    contains(shown(jar).problem(), "can't be read");
  }

  @Test
  void damageToAnEmbeddedJarIsNoticedAfterThePackageWasLoaded() throws IOException {
    Path jar =
        PackageBuilder.plugin(work, "packed", "1.0", "1")
            .embed(library())
            .build(packages, "packed.jar");
    host.load("packed", "1.0").close();
    host.load("packed", "1.0").close();
    byte[] bytes = Files.readAllBytes(jar);
    FileTime time = Files.getLastModifiedTime(jar);
    int at = PackageBuilder.find(bytes, "lib/lib.jar");
    bytes[at + 100] ^= 0x10;
    Files.write(jar, bytes);
    Files.setLastModifiedTime(jar, time);
    failsToLoad(shown(jar), "lib/lib.jar", "damaged");
  }

  @Test
  void aWholePackageServesBesideADamagedOneOfTheSameVersion() throws IOException {
    Path damaged = PackageBuilder.plugin(work, "twice", "1.0", "1").build(packages, "a.jar");
    byte[] bytes = Files.readAllBytes(damaged);
    Path whole = Files.write(packages.resolve("b.jar"), bytes);
    int at = PackageBuilder.find(bytes, "p/Entry");
    bytes[at + 60] ^= 0x10;
    Files.write(damaged, bytes);
    contains(shown(whole).problem(), "the same name and version is in", "a.jar");
    host.load("twice", "1.0").close();
    contains(shown(damaged).problem(), "p/Entry.class", "damaged");
    assertNull(shown(whole).problem());
    host.load("twice", "1.0").close();
    Files.delete(whole);
    failsToLoad(shown(damaged), "p/Entry.class", "damaged");
  }

  @Test
  void aDamagedByteOfAnEntryIsNoticedWhereverItIs() throws IOException {
    Path jar = PackageBuilder.plugin(work, "bad", "1.0", "1").build(packages, "bad.jar");
    byte[] whole = Files.readAllBytes(jar);
    String entry = "p/Entry.class";
    int begin = PackageBuilder.find(whole, entry) + entry.length();
    int bytes;
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      bytes = (int) zip.getEntry(entry).getCompressedSize();
    }
    for (int i = 0; i < 16; i++) {
      byte[] damaged = whole.clone();
      damaged[begin + (bytes - 1) * i / 15] ^= 0x10;
      Files.write(jar, damaged);
      contains(host.check(jar).problem(), entry, "damaged");
      failsToLoad(shown(jar), entry, "damaged");
    }
    Files.write(jar, whole);
    assertNull(host.check(jar).problem());
  }

  @Test
  void aTruncatedJarOverAnInstalledOneIsNamedWithItsReason() throws IOException {
    Path jar = PackageBuilder.plugin(work, "bad", "1.0", "1").build(packages, "bad-1.0.jar");
    host.load("bad", "1.0").close();
    truncate(jar);
    assertEquals("bad", shown(jar).name());
    assertEquals("1.0", shown(jar).version());
    failsToLoad(shown(jar), "can't be read", jar.toString(), "END header");
    // Archives call their packages so, with a version that isn't the manifest's.
    Path packed = Files.move(jar, packages.resolve("facetdb-bad-1.0-SNAPSHOT.jar"));
    DatabaseException refused =
        assertThrows(DatabaseException.class, () -> host.load("bad", "1.0"));
    assertEquals("55000", refused.sqlState());
    contains(refused.getMessage(), "can't be read", packed.toString());
  }

  @Test
  void aMissingPackageMayBeTheOneThatCannotBeRead() throws IOException {
    Path jar = PackageBuilder.plugin(work, "bad", "1.0", "1").build(packages, "any.jar");
    truncate(jar);
    DatabaseException absent = assertThrows(DatabaseException.class, () -> host.load("bad", "1.0"));
    assertEquals("58P01", absent.sqlState());
    contains(absent.getMessage(), "no package holds plug-in bad", "can't be read", jar.toString());
  }

  private static void truncate(Path jar) throws IOException {
    byte[] bytes = Files.readAllBytes(jar);
    Files.write(jar, Arrays.copyOf(bytes, bytes.length / 2));
  }

  @Test
  void aJarWithoutModuleDescriptor() throws IOException {
    Path jar = bad().source("p.P", "package p; public class P { }").build(packages, "bad.jar");
    refused(jar, "no module descriptor");
  }

  @Test
  void aJarWithoutOurHeaders() throws IOException {
    Path jar =
        PackageBuilder.jar(work).source("module-info", "module m { }").build(packages, "bad.jar");
    refused(jar, "FacetDB-Extension");
  }

  @Test
  void aVersionThatIsNone() throws IOException {
    Path jar = PackageBuilder.plugin(work, "bad", "1.0-SNAPSHOT", "1").build(packages, "bad.jar");
    refused(jar, "Bundle-Version", "1.0-SNAPSHOT");
  }

  @Test
  void aDescriptorThatRequiresAHostModule() throws IOException {
    for (String module :
        List.of(
            "org.facetdb.host",
            "org.facetdb.sql",
            "org.facetdb",
            "calcite.core",
            "org.apache.felix.framework")) {
      Path stub =
          PackageBuilder.jar(work)
              .source("module-info", "module " + module + " { }")
              .build(work, module + ".jar");
      Path jar =
          bad()
              .seeing(stub)
              .module("bad", "requires static " + module + ";")
              .entry("1")
              .build(packages, "bad.jar");
      refused(jar, module, "module of the kernel");
    }
  }

  @Test
  void anEmbeddedLibraryThatRequiresAHostModule() throws IOException {
    Path stub =
        PackageBuilder.jar(work)
            .source("module-info", "module org.facetdb.host { }")
            .build(work, "stub.jar");
    Path library =
        PackageBuilder.jar(work)
            .seeing(stub)
            .source("module-info", "module lib { requires org.facetdb.host; }")
            .build(work, "lib.jar");
    Path jar =
        PackageBuilder.plugin(work, "bad", "1.0", "1").embed(library).build(packages, "bad.jar");
    contains(host.check(jar).problem(), "lib", "org.facetdb.host");
    failsToLoad(shown(jar), "module lib", "org.facetdb.host");
  }

  @Test
  void aMissingModule() throws IOException {
    Path stub =
        PackageBuilder.jar(work)
            .source("module-info", "module lib.absent { }")
            .build(work, "absent.jar");
    Path jar =
        bad()
            .seeing(stub)
            .module("bad", "requires lib.absent;")
            .entry("1")
            .build(packages, "bad.jar");
    contains(host.check(jar).problem(), "module lib.absent");
    failsToLoad(shown(jar), "module lib.absent");
    contains(shown(jar).problem(), "module lib.absent");
  }

  @Test
  void aMissingPackageOfOsgi() throws IOException {
    Path jar =
        PackageBuilder.plugin(work, "bad", "1.0", "1")
            .header("Import-Package", "org.facetdb.spi,lib.absent;version=\"[2,3)\"")
            .build(packages, "bad.jar");
    contains(host.check(jar).problem(), "package", "lib.absent");
    failsToLoad(shown(jar), "package", "lib.absent");
  }

  @Test
  void noProviderOfAnEntryClass() throws IOException {
    Path jar =
        bad()
            .source("module-info", "module plugin.bad { requires org.facetdb.spi; }")
            .entry("1")
            .build(packages, "bad.jar");
    refused(jar, "no provider of org.facetdb.spi.Plugin");
  }

  @Test
  void anEntryClassThatThrows() throws IOException {
    Path jar = throwing("throw new IllegalStateException(\"boom\");");
    assertNull(host.check(jar).problem(), "a check runs none of the package's code");
    DatabaseException failure = failsToLoad(shown(jar), "IllegalStateException", "boom");
    contains(failure.detail(), "p.Entry");
    contains(shown(jar).problem(), "boom");
  }

  @Test
  void anEntryClassThatOverflowsTheStack() throws IOException {
    failsToLoad(shown(throwing("new Entry();")), "StackOverflowError");
  }

  private Path throwing(String body) throws IOException {
    return bad()
        .module("bad", "")
        .source(
            "p.Entry",
            "package p; public class Entry implements org.facetdb.spi.Plugin { public Entry() { "
                + body
                + " } public java.util.List<org.facetdb.spi.Contribution> contributions("
                + "org.facetdb.spi.PluginContext c) { return null; } }")
        .build(packages, "bad.jar");
  }

  @Test
  void anEntryClassThatMissesAClass() throws IOException {
    Path absent =
        PackageBuilder.jar(work)
            .source("module-info", "module lib.absent { exports q; }")
            .source("q.Q", "package q; public class Q { }")
            .build(work, "absent.jar");
    Path jar =
        bad()
            .seeing(absent)
            .module("bad", "requires static lib.absent;")
            .source(
                "p.Entry",
                "package p; public class Entry extends q.Q implements org.facetdb.spi.Plugin {"
                    + " public java.util.List<org.facetdb.spi.Contribution> contributions("
                    + "org.facetdb.spi.PluginContext c) { return null; } }")
            .build(packages, "bad.jar");
    failsToLoad(shown(jar), "q/Q");
  }

  @Test
  void aRefusalIsForgottenWhenTheJarIsReplaced() throws IOException {
    Path jar = throwing("throw new IllegalStateException(\"boom\");");
    failsToLoad(shown(jar), "boom");
    PackageBuilder.plugin(work, "bad", "1.0", "\"mended\"").build(packages, "bad.jar");
    assertNull(shown(jar).problem());
    assertEquals("mended", host.load("bad", "1.0").entry().toString());
  }

  @Test
  void aFileThatIsNotThereIs58P01() {
    DatabaseException failure =
        assertThrows(DatabaseException.class, () -> host.check(packages.resolve("absent.jar")));
    assertEquals("58P01", failure.sqlState());
  }

  @Test
  void aFolderIsNoPackageButItIsThere() {
    DatabaseException failure = assertThrows(DatabaseException.class, () -> host.check(packages));
    assertEquals("42809", failure.sqlState());
    contains(failure.getMessage(), packages.toString());
  }
}
