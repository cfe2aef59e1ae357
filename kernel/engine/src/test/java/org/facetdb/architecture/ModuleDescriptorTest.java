package org.facetdb.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Module descriptors are what was agreed, so that an export is never an accident. After a wanted
 * change: {@code mvn ... -Dfacetdb.golden=rewrite}.
 */
class ModuleDescriptorTest {
  private static final Path GOLDEN =
      KernelModules.ROOT.resolve("kernel/engine/src/test/resources/module-descriptors");

  @Test
  void descriptorsEqualTheGoldenFiles() throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (Map.Entry<String, URI> module : KernelModules.locations().entrySet()) {
      found.put(
          module.getKey(), text(KernelModules.descriptor(module.getKey(), module.getValue())));
    }
    if ("rewrite".equals(System.getProperty("facetdb.golden"))) {
      for (Map.Entry<String, String> module : found.entrySet()) {
        Files.writeString(GOLDEN.resolve(module.getKey() + ".txt"), module.getValue());
      }
    }
    Map<String, String> expected = new TreeMap<>();
    try (var files = Files.list(GOLDEN)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        expected.put(name.substring(0, name.length() - 4), Files.readString(file));
      }
    }
    assertEquals(expected, found);
  }

  private static String text(ModuleDescriptor module) {
    Set<String> lines = new TreeSet<>();
    module.requires().stream()
        .filter(r -> !r.name().equals("java.base"))
        .forEach(r -> lines.add("requires " + words(r.modifiers()) + r.name()));
    module.exports().forEach(e -> lines.add("exports " + e.source() + targets(e.targets())));
    module.opens().forEach(o -> lines.add("opens " + o.source() + targets(o.targets())));
    module.uses().forEach(service -> lines.add("uses " + service));
    module
        .provides()
        .forEach(
            p ->
                lines.add("provides " + p.service() + " with " + String.join(", ", p.providers())));
    return "module "
        + module.name()
        + "\n"
        + lines.stream().map(l -> l + "\n").collect(Collectors.joining());
  }

  private static String words(Set<ModuleDescriptor.Requires.Modifier> modifiers) {
    return modifiers.stream()
        .sorted()
        .map(modifier -> modifier.name().toLowerCase(java.util.Locale.ROOT) + " ")
        .collect(Collectors.joining());
  }

  private static String targets(Set<String> targets) {
    return targets.isEmpty() ? "" : " to " + String.join(", ", new TreeSet<>(targets));
  }

  @Test
  void theArchitecturePageNamesTheModulesThatExist() throws IOException {
    Map<String, String> folders = new TreeMap<>();
    Matcher rows =
        Pattern.compile("^\\| `(org\\.facetdb[a-z.]*)` \\| `([a-z/-]+)/` \\|", Pattern.MULTILINE)
            .matcher(Files.readString(KernelModules.ROOT.resolve("docs/architecture.md")));
    while (rows.find()) {
      folders.put(rows.group(1), rows.group(2));
    }
    Map<String, String> declared = new TreeMap<>();
    String reactor = Files.readString(KernelModules.ROOT.resolve("pom.xml"));
    Matcher modules = Pattern.compile("<module>([^<]+)</module>").matcher(reactor);
    while (modules.find()) {
      Path folder = KernelModules.ROOT.resolve(modules.group(1));
      if (Files.readString(folder.resolve("pom.xml")).contains("<packaging>pom</packaging>")) {
        continue; // A parent holds no module.
      }
      if (!Files.exists(folder.resolve("src/main"))) {
        continue; // Tests alone make no module.
      }
      String source = Files.readString(folder.resolve("src/main/java/module-info.java"));
      Matcher name =
          Pattern.compile("^(?:open )?module ([a-z.]+)", Pattern.MULTILINE).matcher(source);
      assertEquals(true, name.find(), "no module name in " + modules.group(1));
      declared.put(name.group(1), modules.group(1));
    }
    assertEquals(declared, folders);
  }
}
