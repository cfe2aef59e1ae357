package org.facetdb.bootstrap;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel consists of, computed when it is packed: a hash over all jars, their sizes, and
 * the descriptors of automatic modules, which are slow to derive (every entry of the jar is read).
 * Immutable.
 *
 * <p>As text, one line each, fields parted by tabs, lists by commas:
 *
 * <pre>
 * hash  9f86d081884c7d65...
 * jar   calcite-core-1.42.0.jar  9054261  calcite.core  org.apache.calcite,...  java.sql.Driver=a.B,...
 * jar   facetdb-sql.jar          812345
 * </pre>
 */
record KernelIndex(String hash, List<Jar> jars) {
  /** The name of the index among the kernel's resources. */
  static final String FILE_NAME = "kernel.index";

  /**
   * One nested jar.
   *
   * @param automatic the descriptor of an automatic module, {@code null} where the jar holds its
   *     own
   */
  record Jar(String file, long bytes, @Nullable ModuleDescriptor automatic) {}

  KernelIndex {
    jars = List.copyOf(jars);
  }

  static KernelIndex read(InputStream in) throws IOException {
    String hash = "";
    List<Jar> jars = new ArrayList<>();
    try (var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] fields = line.split("\t", -1);
        switch (fields[0]) {
          case "hash" -> hash = fields[1];
          case "jar" ->
              jars.add(
                  new Jar(
                      fields[1],
                      Long.parseLong(fields[2]),
                      fields.length == 3 ? null : automatic(fields[3], fields[4], fields[5])));
          default -> throw new IOException("the index has a line of unknown kind: " + line);
        }
      }
    }
    if (hash.isEmpty() || jars.isEmpty()) {
      throw new IOException("the index is incomplete: jars=" + jars.size());
    }
    return new KernelIndex(hash, jars);
  }

  private static ModuleDescriptor automatic(String name, String packages, String services) {
    ModuleDescriptor.Builder builder = ModuleDescriptor.newAutomaticModule(name);
    if (!packages.isEmpty()) {
      builder.packages(Set.of(packages.split(",")));
    }
    var providers = new TreeMap<String, List<String>>();
    for (String service : services.isEmpty() ? new String[0] : services.split(",")) {
      int equals = service.indexOf('=');
      providers
          .computeIfAbsent(service.substring(0, equals), key -> new ArrayList<>())
          .add(service.substring(equals + 1));
    }
    providers.forEach(builder::provides);
    return builder.build();
  }

  String toText() {
    var text = new StringBuilder("hash\t").append(hash).append('\n');
    for (Jar jar : jars) {
      text.append("jar\t").append(jar.file()).append('\t').append(jar.bytes());
      ModuleDescriptor automatic = jar.automatic();
      if (automatic != null) {
        text.append('\t').append(automatic.name()).append('\t');
        text.append(String.join(",", new TreeSet<>(automatic.packages()))).append('\t');
        text.append(
            automatic.provides().stream()
                .sorted()
                .flatMap(p -> p.providers().stream().map(impl -> p.service() + "=" + impl))
                .collect(Collectors.joining(",")));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** Computes the index of a folder of jars. */
  static KernelIndex of(Path folder) throws IOException {
    MessageDigest digest = sha256();
    List<Path> files;
    try (var list = Files.list(folder)) {
      files = list.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
    List<Jar> jars = new ArrayList<>();
    for (Path file : files) {
      byte[] content = Files.readAllBytes(file);
      String name = String.valueOf(file.getFileName());
      digest.update(name.getBytes(StandardCharsets.UTF_8));
      digest.update(content);
      jars.add(new Jar(name, content.length, automatic(file)));
    }
    return new KernelIndex(HexFormat.of().formatHex(digest.digest()), jars);
  }

  private static @Nullable ModuleDescriptor automatic(Path jar) throws IOException {
    Set<ModuleReference> modules = ModuleFinder.of(jar).findAll();
    if (modules.size() != 1) {
      throw new IOException("a kernel jar must be one module: " + jar + " has " + modules.size());
    }
    ModuleDescriptor descriptor = modules.iterator().next().descriptor();
    return descriptor.isAutomatic() ? descriptor : null;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException absent) {
      throw new AssertionError(absent);
    }
  }

  /** Writes the index of a folder of jars into it; called when the kernel is packed. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    Files.writeString(folder.resolve(FILE_NAME), of(folder).toText());
    System.out.println("indexed " + Arrays.toString(arguments));
  }
}
