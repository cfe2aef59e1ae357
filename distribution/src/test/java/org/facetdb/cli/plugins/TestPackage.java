package org.facetdb.cli.plugins;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A plug-in package with the name {@code test}, compiled from sources against the archive's SPI.
 * Used by one thread.
 */
final class TestPackage {
  private final Path work;
  private final String version;
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final List<Path> modulePath = new ArrayList<>();
  private boolean described = true;

  private TestPackage(Path work, String version) throws IOException {
    this.work = work;
    this.version = version;
    try (Stream<Path> jars = Files.list(PackedDatabase.HOME.resolve("lib"))) {
      jars.filter(f -> f.getFileName().toString().matches("(facetdb-spi|jspecify)-.*"))
          .forEach(modulePath::add);
    }
  }

  /** A plug-in whose functions are static methods of one class, in Java. */
  static TestPackage functions(Path work, String version, String... methods) throws IOException {
    StringBuilder body = new StringBuilder();
    for (String method : methods) {
      body.append("@org.facetdb.spi.function.SqlFunction static ").append(method).append(' ');
    }
    return new TestPackage(work, version)
        .requiring("")
        .source(
            "p.Functions",
            "package p; final class Functions { static final java.lang.invoke.MethodHandles.Lookup"
                + " LOOKUP = java.lang.invoke.MethodHandles.lookup(); "
                + body
                + " }")
        .contributing(
            "return new java.util.ArrayList<>(org.facetdb.spi.function.ScalarFunctions.annotated("
                + "context, Functions.LOOKUP));");
  }

  /** What the entry class does when it is asked for its contributions. */
  TestPackage contributing(String body) {
    return source(
        "p.Entry",
        "package p; public final class Entry implements org.facetdb.spi.Plugin { public"
            + " java.util.List<org.facetdb.spi.Contribution> contributions("
            + "org.facetdb.spi.PluginContext context) { "
            + body
            + " } }");
  }

  /** A further directive of the module descriptor. */
  TestPackage requiring(String directive) {
    return source(
        "module-info",
        "module plugin.test { requires org.facetdb.spi; "
            + directive
            + " provides org.facetdb.spi.Plugin with p.Entry; }");
  }

  TestPackage source(String className, String text) {
    sources.put(className, text);
    return this;
  }

  /** Makes another module visible to the compiler alone. */
  TestPackage seeing(String module) throws IOException {
    Path classes = compile(Map.of("module-info", "module " + module + " { }"), modulePath);
    modulePath.add(classes);
    return this;
  }

  /** Leaves the module descriptor out. */
  TestPackage undescribed() {
    described = false;
    return this;
  }

  /** Compiles and packs. */
  Path build(Path folder) throws IOException {
    Path classes = compile(sources, modulePath);
    Manifest manifest = new Manifest();
    Attributes headers = manifest.getMainAttributes();
    headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    headers.putValue("Bundle-ManifestVersion", "2");
    headers.putValue("FacetDB-Extension", "test");
    headers.putValue("Bundle-SymbolicName", "plugin.test");
    headers.putValue("Bundle-Version", version);
    headers.putValue("Import-Package", "org.facetdb.spi,org.facetdb.spi.function");
    Path jar = Files.createDirectories(folder).resolve("test-" + version + ".jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(out, manifest);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        if (described || !file.endsWith("module-info.class")) {
          add(packed, classes.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
      byte[] entry = "p.Entry\n".getBytes(StandardCharsets.UTF_8);
      add(packed, "META-INF/services/org.facetdb.spi.Plugin", entry);
    }
    return jar;
  }

  private static void add(JarOutputStream jar, String name, byte[] bytes) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    jar.write(bytes);
    jar.closeEntry();
  }

  private Path compile(Map<String, String> texts, List<Path> seen) throws IOException {
    Path base = Files.createTempDirectory(Files.createDirectories(work), "classes");
    Path classes = Files.createDirectories(base.resolve("out"));
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-proc:none", "-d", classes.toString(), "--module-path"));
    arguments.add(
        seen.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    for (Map.Entry<String, String> text : texts.entrySet()) {
      Path file = base.resolve("src/" + text.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, text.getValue()).toString());
    }
    StringWriter messages = new StringWriter();
    PrintWriter out = new PrintWriter(messages);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(out, out, arguments.toArray(String[]::new));
    if (status != 0) {
      throw new IllegalStateException("a test's package doesn't compile: " + messages);
    }
    return classes;
  }
}
