package org.facetdb.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands for plug-in packages, on packages made here. */
class PluginCommandTest {
  private static final String ENTRY =
      "package p; public class Entry implements org.facetdb.spi.Plugin { public"
          + " java.util.List<org.facetdb.spi.Contribution> contributions("
          + "org.facetdb.spi.PluginContext c) { return java.util.List.of(); } }";

  /** A library of the kernel's layer, of which a plug-in may pack a version of its own. */
  private static final String OF_THE_KERNEL = "org.apache.commons.csv";

  /** Of an entry in the jar's directory: its fixed part, which the name follows, and the CRC. */
  private static final int CENTRAL_HEADER_BYTES = 46;

  private static final int CENTRAL_CRC_OFFSET = 16;

  @TempDir private Path folder;

  private record Run(int status, String out, String err) {}

  private Run plugin(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> line = new ArrayList<>(List.of("plugin"));
    line.addAll(List.of(arguments));
    line.addAll(List.of("--plugins", installed().toString()));
    CommandLine commands =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int status = commands.execute(line.toArray(String[]::new));
    return new Run(status, out.toString(), err.toString());
  }

  private Path installed() {
    return folder.resolve("plugins");
  }

  private Path sample(String version, String requires, Map<String, Path> embedded)
      throws IOException {
    Map<String, String> headers = new TreeMap<>();
    headers.put("FacetDB-Extension", "sample");
    headers.put("Bundle-Version", version);
    headers.put("Bundle-Description", "A sample");
    String module =
        "module plugin.sample { requires org.facetdb.spi; %s provides org.facetdb.spi.Plugin with p.Entry; }"
            .formatted(requires);
    Map<String, String> sources = Map.of("module-info", module, "p/Entry", ENTRY);
    return jar("sample.jar", headers, sources, embedded);
  }

  private Path jar(
      String name,
      Map<String, String> headers,
      Map<String, String> sources,
      Map<String, Path> embedded)
      throws IOException {
    Path base = Files.createTempDirectory(folder, "made");
    Path classes = base.resolve("classes");
    List<Path> path = new ArrayList<>(embedded.values());
    for (String module : List.of("org.facetdb.spi", "org.jspecify")) {
      ModuleLayer.boot()
          .configuration()
          .findModule(module)
          .flatMap(found -> found.reference().location())
          .ifPresent(location -> path.add(Path.of(location)));
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-d",
                classes.toString(),
                "--module-path",
                String.join(File.pathSeparator, path.stream().map(Path::toString).toList())));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = base.resolve(source.getKey() + ".java");
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, source.getValue()).toString());
    }
    ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
    StringWriter messages = new StringWriter();
    PrintWriter out = new PrintWriter(messages);
    assertEquals(0, javac.run(out, out, arguments.toArray(String[]::new)), messages::toString);
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    headers.forEach((key, value) -> manifest.getMainAttributes().putValue(key, value));
    Path jar = base.resolve(name);
    try (OutputStream bytes = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(bytes, manifest);
        var compiled = Files.walk(classes)) {
      for (Path file : compiled.filter(Files::isRegularFile).toList()) {
        add(packed, classes.relativize(file).toString(), file);
      }
      for (Map.Entry<String, Path> library : embedded.entrySet()) {
        add(packed, library.getKey(), library.getValue());
      }
    }
    return jar;
  }

  private static void add(JarOutputStream jar, String name, Path file) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    Files.copy(file, jar);
    jar.closeEntry();
  }

  @Test
  void aFolderThatIsNotThereHasNoPackages() {
    Run run = plugin("list");
    assertEquals(0, run.status(), run.err());
    assertEquals(
        List.of(
            " name | version | kind | description | problem",
            "------+---------+------+-------------+---------",
            "(0 rows)"),
        run.out().lines().toList());
  }

  @Test
  void anInstalledPackageIsListedAndRemoved() throws IOException {
    Path jar = sample("0.1.0", "", Map.of());
    Run install = plugin("install", jar.toString());
    assertEquals(0, install.status(), install.err());
    Path copy = installed().resolve("sample-0.1.0.jar");
    assertArrayEquals(Files.readAllBytes(jar), Files.readAllBytes(copy));
    try (var files = Files.list(installed())) {
      assertEquals(List.of(copy), files.toList(), "nothing else is left in the folder");
    }
    assertEquals(
        List.of(
            "  name  | version |  kind  | description | problem",
            "--------+---------+--------+-------------+---------",
            " sample | 0.1.0   | plugin | A sample    |",
            "(1 row)"),
        plugin("list").out().lines().toList());
    Run again = plugin("install", jar.toString());
    assertEquals(1, again.status());
    assertTrue(again.err().startsWith("ERROR 42710: "), again.err());
    Run remove = plugin("remove", "sample@0.1.0");
    assertEquals(0, remove.status(), remove.err());
    assertTrue(Files.notExists(copy));
  }

  @Test
  void anInstalledPackageThatWasDamagedIsNamedAndReplaced() throws IOException {
    Path jar = sample("0.1.0", "", Map.of());
    byte[] bytes = Files.readAllBytes(jar);
    assertEquals(0, plugin("install", jar.toString()).status());
    Path copy = installed().resolve("sample-0.1.0.jar");
    Files.write(copy, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    String line = plugin("list").out().lines().toList().get(2);
    assertTrue(line.startsWith(" sample | 0.1.0 ") && line.contains("can't be read"), line);
    Run again = plugin("install", jar.toString());
    assertEquals(0, again.status(), again.err());
    assertArrayEquals(bytes, Files.readAllBytes(copy));
  }

  @Test
  void versionsAreRemovedOneByOneOrTogether() throws IOException {
    for (String version : List.of("0.1.0", "0.2.0", "0.3.0")) {
      assertEquals(0, plugin("install", sample(version, "", Map.of()).toString()).status());
    }
    assertEquals(0, plugin("remove", "sample@0.2.0").status());
    String left = plugin("list").out();
    assertTrue(left.contains("0.1.0") && left.contains("0.3.0") && !left.contains("0.2.0"), left);
    assertEquals(0, plugin("remove", "sample").status());
    Run none = plugin("remove", "sample");
    assertEquals(1, none.status());
    assertTrue(none.err().startsWith("ERROR 58P01: "), none.err());
  }

  @Test
  void aBadPackageIsNotInstalledAndItsReasonIsSaid() throws IOException {
    Path stub =
        jar("sql.jar", Map.of(), Map.of("module-info", "module org.facetdb.sql { }"), Map.of());
    Path bad = sample("0.1.0", "requires org.facetdb.sql;", Map.of("stub/sql.jar", stub));
    Run run = plugin("install", bad.toString());
    assertEquals(1, run.status());
    assertTrue(run.err().startsWith("ERROR 55000: "), run.err());
    assertTrue(run.err().contains("org.facetdb.sql"), run.err());
    assertTrue(Files.notExists(installed().resolve("sample-0.1.0.jar")));
    Run absent = plugin("install", folder.resolve("absent.jar").toString());
    assertEquals(1, absent.status());
    assertTrue(absent.err().startsWith("ERROR 58P01: "), absent.err());
  }

  @Test
  void aPackageWithADamagedEntryIsNotInstalled() throws IOException {
    Path jar = sample("0.1.0", "", Map.of());
    byte[] bytes = Files.readAllBytes(jar);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int directoryEntry = text.lastIndexOf("p/Entry.class") - CENTRAL_HEADER_BYTES;
    bytes[directoryEntry + CENTRAL_CRC_OFFSET] ^= 1;
    Files.write(jar, bytes);
    Run run = plugin("install", jar.toString());
    assertEquals(1, run.status());
    assertTrue(run.err().startsWith("ERROR 55000: "), run.err());
    assertTrue(run.err().contains("entry p/Entry.class is damaged: crc32"), run.err());
    assertTrue(Files.notExists(installed().resolve("sample-0.1.0.jar")));
  }

  @Test
  void theListShowsWhatIsWrongAndEndsWell() throws IOException {
    Files.createDirectories(installed());
    Files.writeString(installed().resolve("broken.jar"), "no zip");
    Path absent =
        jar("absent.jar", Map.of(), Map.of("module-info", "module lib.absent { }"), Map.of());
    Path needy = sample("0.1.0", "requires lib.absent;", Map.of("stub/absent.jar", absent));
    Files.copy(needy, installed().resolve("needy.jar"));
    Run run = plugin("list");
    assertEquals(0, run.status(), run.err());
    List<String> lines = run.out().lines().toList();
    assertTrue(
        lines.get(2).contains("broken") && lines.get(2).contains("can't be read"), run.out());
    assertTrue(lines.get(3).contains("module lib.absent"), run.out());
    assertEquals(0, plugin("remove", "broken").status(), "a broken one goes by its file's name");
  }

  @Test
  void aPluginMayPackALibraryThatTheKernelHasToo() throws IOException {
    assertTrue(ModuleLayer.boot().findModule(OF_THE_KERNEL).isPresent());
    Path own =
        jar(
            "csv.jar",
            Map.of(),
            Map.of("module-info", "module " + OF_THE_KERNEL + " { }"),
            Map.of());
    String requires = "requires " + OF_THE_KERNEL + ";";
    Run packed = plugin("install", sample("1", requires, Map.of("lib/csv.jar", own)).toString());
    assertEquals(0, packed.status(), packed.err());
    Run bare = plugin("install", sample("2", requires, Map.of("stub/csv.jar", own)).toString());
    assertEquals(1, bare.status());
    assertTrue(bare.err().contains("a module of the kernel"), bare.err());
  }

  @Test
  void whatIsNoFileOrNoFolderIsToldSo() throws IOException {
    Run folderAsPackage = plugin("install", folder.toString());
    assertEquals(1, folderAsPackage.status());
    String none = "ERROR 42809: a package is a file, this is none: " + folder;
    assertEquals(none, folderAsPackage.err().strip());
    Files.createFile(installed());
    Run fileAsFolder = plugin("list");
    assertEquals(1, fileAsFolder.status());
    String noFolder = "ERROR 42809: the plug-in folder is no directory: " + installed();
    assertEquals(noFolder, fileAsFolder.err().strip());
  }

  @Test
  void aSubcommandIsNeeded() {
    StringWriter err = new StringWriter();
    int status = Main.commandLine().setErr(new PrintWriter(err)).execute("plugin");
    assertEquals(2, status);
    assertTrue(err.toString().contains("a subcommand is missing"), err.toString());
  }
}
