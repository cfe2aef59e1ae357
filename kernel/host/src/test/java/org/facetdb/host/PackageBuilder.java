package org.facetdb.host;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
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
import org.facetdb.spi.Plugin;
import org.jspecify.annotations.Nullable;

/** Makes packages at test time: compiles sources and packs them with headers and embedded jars. */
final class PackageBuilder {
  private final Path work;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final Map<String, String> files = new LinkedHashMap<>();
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, Path> embedded = new LinkedHashMap<>();
  private final List<Path> modulePath = new ArrayList<>();

  private PackageBuilder(Path work) {
    this.work = work;
    modulePath.add(location(Plugin.class));
    modulePath.add(location(Nullable.class));
  }

  private static Path location(Class<?> of) {
    try {
      return Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static PackageBuilder jar(Path work) {
    return new PackageBuilder(work);
  }

  /** A plug-in without sources yet. */
  static PackageBuilder headed(Path work, String name, String version) {
    return jar(work)
        .header("Bundle-ManifestVersion", "2")
        .header("FacetDB-Extension", name)
        .header("Bundle-SymbolicName", "plugin." + name)
        .header("Bundle-Version", version)
        .header("Bundle-Description", "Made for a test: " + name)
        .header("Import-Package", "org.facetdb.spi");
  }

  /** A plug-in whose entry class {@code p.Entry} answers {@code toString} with {@code answer}. */
  static PackageBuilder plugin(Path work, String name, String version, String answer) {
    return headed(work, name, version).module(name, "").entry(answer);
  }

  /** Where an entry's name begins in a jar's bytes, -1 if it isn't there. */
  static int find(byte[] jar, String name) {
    return new String(jar, StandardCharsets.ISO_8859_1).indexOf(name);
  }

  PackageBuilder header(String header, String value) {
    headers.put(header, value);
    return this;
  }

  /** The module {@code plugin.NAME}, with the entry class as its provider. */
  PackageBuilder module(String name, String directives) {
    return source(
        "module-info",
        "module plugin."
            + name
            + " { requires org.facetdb.spi; "
            + directives
            + " provides org.facetdb.spi.Plugin with p.Entry; }");
  }

  /** The entry class {@code p.Entry}, with an expression for its {@code toString}. */
  PackageBuilder entry(String expression) {
    return source(
        "p.Entry",
        "package p; public final class Entry implements org.facetdb.spi.Plugin { static int count;"
            + " public java.util.List<org.facetdb.spi.Contribution> contributions("
            + "org.facetdb.spi.PluginContext c) { return java.util.List.of(); }"
            + " public String toString() { try { return String.valueOf("
            + expression
            + "); } catch (Exception e) { throw new IllegalStateException(e); } } }");
  }

  PackageBuilder source(String className, String text) {
    sources.put(className, text);
    return this;
  }

  PackageBuilder file(String path, String text) {
    files.put(path, text);
    return this;
  }

  PackageBuilder seeing(Path jar) {
    modulePath.add(jar);
    return this;
  }

  PackageBuilder embed(Path jar) {
    embedded.put("lib/" + jar.getFileName(), jar);
    return seeing(jar);
  }

  /** Compiles and packs into {@code folder}. */
  Path build(Path folder, String fileName, String... options) throws IOException {
    Path classes = compile(options);
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    headers.forEach((key, value) -> manifest.getMainAttributes().putValue(key, value));
    Path jar = Files.createDirectories(folder).resolve(fileName);
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(out, manifest);
        var walk = Files.walk(classes)) {
      for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
        add(packed, classes.relativize(file).toString(), Files.readAllBytes(file));
      }
      for (Map.Entry<String, String> file : files.entrySet()) {
        add(packed, file.getKey(), file.getValue().getBytes(StandardCharsets.UTF_8));
      }
      for (Map.Entry<String, Path> library : embedded.entrySet()) {
        add(packed, library.getKey(), Files.readAllBytes(library.getValue()));
      }
    }
    return jar;
  }

  private static void add(JarOutputStream jar, String name, byte[] bytes) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    jar.write(bytes);
    jar.closeEntry();
  }

  private Path compile(String... options) throws IOException {
    Path base = Files.createTempDirectory(Files.createDirectories(work), "classes");
    Path classes = Files.createDirectories(base.resolve("out"));
    if (sources.isEmpty()) {
      return classes;
    }
    List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "-proc:none"));
    arguments.addAll(List.of(options));
    arguments.add("--module-path");
    arguments.add(
        modulePath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = base.resolve("src/" + source.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, source.getValue()).toString());
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
