package org.facetdb.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.facetdb.host.PluginPackage.Kind;
import org.facetdb.spi.Plugin;
import org.jspecify.annotations.Nullable;

/**
 * What a package's jar says about itself, read without unpacking it. Immutable.
 *
 * @param stamp tells this jar from one that takes its place
 * @param headers the manifest's main attributes
 * @param descriptor of the module at the jar's root, null with a problem
 * @param providers entry classes that META-INF/services names and the descriptor doesn't
 * @param embeds whether it holds other jars
 * @param problem what is wrong with the jar by itself
 */
record PackageJar(
    Path file,
    Stamp stamp,
    String name,
    String version,
    Kind kind,
    Map<String, String> headers,
    @Nullable ModuleDescriptor descriptor,
    List<String> providers,
    boolean embeds,
    @Nullable String problem) {
  /** What changes when a file is replaced. */
  record Stamp(long bytes, FileTime modified) {
    /** Null for what is not there, or is no file. */
    static @Nullable Stamp of(Path file) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return attributes.isRegularFile()
            ? new Stamp(attributes.size(), attributes.lastModifiedTime())
            : null;
      } catch (IOException e) {
        return null;
      }
    }
  }

  /** Where embedded jars lie within a package. */
  static final Pattern EMBEDDED = Pattern.compile("lib/([^/]+\\.jar)");

  /** The header of a package whose versions may share the jars that they embed. */
  static final String SHARES_EMBEDDED = "FacetDB-Shares-Embedded";

  private static final String ENTRY = Plugin.class.getName();
  private static final Pattern EXTENSION = Pattern.compile("[a-z][a-z0-9_]*");
  private static final Pattern LIBRARY = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
  private static final Pattern VERSION =
      Pattern.compile("\\d{1,9}(\\.\\d{1,9}(\\.\\d{1,9}(\\.[A-Za-z0-9_-]+)?)?)?");

  /** How package files are called, to tell what a jar was whose manifest can't be read. */
  private static final Pattern FILE_NAME =
      Pattern.compile("(?:facetdb-)?([a-z][a-z0-9_]*)-(\\d.*)\\.jar");

  /** Reads a jar. Never fails: what is wrong becomes the {@link #problem}. */
  static PackageJar read(Path file, Stamp stamp) {
    Map<String, String> headers = new LinkedHashMap<>();
    try (JarFile jar =
        new JarFile(file.toFile(), false, ZipFile.OPEN_READ, JarFile.runtimeVersion())) {
      JarBytes.verify(jar, JarFile.MANIFEST_NAME);
      Manifest manifest = jar.getManifest();
      if (manifest == null) {
        return broken(file, stamp, headers, "the jar has no manifest: " + file);
      }
      manifest
          .getMainAttributes()
          .forEach((key, value) -> headers.put(key.toString(), value.toString()));
      String problem = headerProblem(headers);
      if (problem != null) {
        return broken(file, stamp, headers, problem);
      }
      if (jar.getJarEntry("module-info.class") == null) {
        return broken(file, stamp, headers, "the jar has no module descriptor at its root");
      }
      JarBytes.verify(jar, "module-info.class");
      boolean embeds = jar.stream().anyMatch(e -> EMBEDDED.matcher(e.getName()).matches());
      return described(file, stamp, headers, services(jar), embeds);
    } catch (IOException | FindException e) {
      String problem = "the jar can't be read: %s: %s".formatted(file, Refusals.text(e));
      return broken(file, stamp, headers, problem);
    }
  }

  private static PackageJar described(
      Path file, Stamp stamp, Map<String, String> headers, List<String> services, boolean embeds) {
    ModuleDescriptor descriptor = ModuleFinder.of(file).findAll().iterator().next().descriptor();
    boolean provides = descriptor.provides().stream().anyMatch(p -> p.service().equals(ENTRY));
    Kind kind = kind(headers);
    if (kind == Kind.PLUGIN && !provides && services.isEmpty()) {
      return broken(
          file, stamp, headers, "module " + descriptor.name() + " has no provider of " + ENTRY);
    }
    return new PackageJar(
        file,
        stamp,
        headerName(headers),
        headers.getOrDefault("Bundle-Version", ""),
        kind,
        Map.copyOf(headers),
        descriptor,
        provides ? List.of() : services,
        embeds,
        null);
  }

  private static PackageJar broken(
      Path file, Stamp stamp, Map<String, String> headers, String problem) {
    String name = headerName(headers);
    String version = headers.getOrDefault("Bundle-Version", "");
    if (name.isEmpty()) {
      String fileName = String.valueOf(file.getFileName());
      Matcher usual = FILE_NAME.matcher(fileName);
      boolean told = headers.isEmpty() && usual.matches();
      name = told ? usual.group(1) : fileName.replaceFirst("\\.jar$", "");
      version = told && VERSION.matcher(usual.group(2)).matches() ? usual.group(2) : version;
    }
    return new PackageJar(
        file,
        stamp,
        name,
        version,
        kind(headers),
        Map.copyOf(headers),
        null,
        List.of(),
        false,
        problem);
  }

  private static Kind kind(Map<String, String> headers) {
    return isTrue(headers, "FacetDB-Library") ? Kind.LIBRARY : Kind.PLUGIN;
  }

  private static String headerName(Map<String, String> headers) {
    return kind(headers) == Kind.LIBRARY
        ? symbolicName(headers)
        : headers.getOrDefault("FacetDB-Extension", "");
  }

  private static String symbolicName(Map<String, String> headers) {
    return headers.getOrDefault("Bundle-SymbolicName", "").split(";", 2)[0].strip();
  }

  private static boolean isTrue(Map<String, String> headers, String header) {
    return "true".equals(headers.get(header));
  }

  private static @Nullable String headerProblem(Map<String, String> headers) {
    String name = headerName(headers);
    if (kind(headers) == Kind.LIBRARY) {
      if (!LIBRARY.matcher(name).matches()) {
        return "a library's Bundle-SymbolicName is made of letters, digits, '_', '-' and '.': "
            + name;
      }
    } else if (name.isEmpty()) {
      return "the manifest has neither FacetDB-Extension nor FacetDB-Library: true";
    } else if (!EXTENSION.matcher(name).matches()) {
      return "FacetDB-Extension is a lower-case letter, then lower-case letters, digits and '_': "
          + name;
    }
    String version = headers.getOrDefault("Bundle-Version", "");
    return VERSION.matcher(version).matches()
        ? null
        : "Bundle-Version is up to three numbers with dots and a qualifier after the third: "
            + version;
  }

  private static List<String> services(JarFile jar) throws IOException {
    JarEntry entry = jar.getJarEntry("META-INF/services/" + ENTRY);
    if (entry == null) {
      return List.of();
    }
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(jar.getInputStream(entry), StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .map(line -> line.split("#", 2)[0].strip())
          .filter(line -> !line.isEmpty())
          .distinct()
          .toList();
    }
  }

  boolean isSame(String otherName, String otherVersion) {
    return name.equals(otherName) && version.equals(otherVersion);
  }

  boolean sharesEmbedded() {
    return kind == Kind.PLUGIN && embeds && isTrue(headers, SHARES_EMBEDDED);
  }

  boolean wantsNativeAccess() {
    return isTrue(headers, "FacetDB-Native-Access");
  }

  /** The bundle's name: the header's, else the module's. */
  String bundleName() {
    String name = symbolicName(headers);
    return name.isEmpty() && descriptor != null ? descriptor.name() : name;
  }

  /** As the host shows it, with what else was found to be wrong. */
  PluginPackage shown(@Nullable String found) {
    return new PluginPackage(
        file,
        name,
        version,
        headers.getOrDefault("Bundle-Description", ""),
        kind,
        contributes(),
        problem != null ? problem : found);
  }

  /** The names that the header {@code FacetDB-Contributes} lists. */
  List<String> contributes() {
    return Pattern.compile(",")
        .splitAsStream(headers.getOrDefault("FacetDB-Contributes", ""))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /** What is wrong with the jar among others, as far as it can be told without unpacking it. */
  @Nullable String problemAmong(Set<String> libraries) {
    if (descriptor == null) {
      return problem;
    }
    Set<String> inside = embeds ? HostModules.perhapsEmbedded(descriptor) : Set.of();
    return HostModules.problem(descriptor, inside, libraries);
  }
}
