package org.facetdb.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.facetdb.host.PackageJar.Stamp;
import org.facetdb.host.PluginPackage.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The jars of the package folders. A jar is read again when its size or time has changed. Not
 * thread-safe: the host guards it.
 */
final class PackageFolders {
  private final List<Path> folders;
  private Map<Path, PackageJar> seen = new HashMap<>();

  /** Why a jar was refused when it was last loaded. */
  private final Map<PackageJar, String> refusals = new HashMap<>();

  /** Jars that were loaded, so that every byte of them was seen to be whole. */
  private final Set<PackageJar> loaded = new HashSet<>();

  PackageFolders(List<Path> folders) {
    this.folders = folders.stream().map(Path::toAbsolutePath).map(Path::normalize).toList();
  }

  /** All jars in the order of their folders, then of their names, each with what is wrong. */
  Map<PackageJar, @Nullable String> scan() {
    List<PackageJar> jars = read();
    Set<PackageJar> present = Set.copyOf(jars);
    refusals.keySet().retainAll(present);
    loaded.retainAll(present);
    Set<String> libraries = modules(jars);
    Map<String, Path> taken = new HashMap<>();
    Map<PackageJar, @Nullable String> found = new LinkedHashMap<>();
    for (PackageJar jar : jars) {
      String problem = jar.problemAmong(libraries);
      problem = problem == null ? refusals.get(jar) : problem;
      if (problem == null) {
        Path other = taken.putIfAbsent(jar.kind() + jar.name() + " " + jar.version(), jar.file());
        problem = other == null ? null : "the same name and version is in " + other;
      }
      found.put(jar, problem);
    }
    return found;
  }

  /** Remembers that a jar was loaded. */
  void noteLoaded(PackageJar jar) {
    refusals.remove(jar);
    loaded.add(jar);
  }

  /** Remembers why a jar was refused. */
  void noteRefused(PackageJar jar, String refusal) {
    refusals.put(jar, refusal);
    loaded.remove(jar);
  }

  /** Whether a jar was loaded and not refused since. */
  boolean wasLoaded(PackageJar jar) {
    return loaded.contains(jar);
  }

  /** The modules of library packages that nothing speaks against. */
  static Set<String> modules(Iterable<PackageJar> jars) {
    Set<String> names = new TreeSet<>();
    for (PackageJar jar : jars) {
      if (jar.kind() == Kind.LIBRARY && jar.descriptor() != null) {
        names.add(jar.descriptor().name());
      }
    }
    return names;
  }

  private List<PackageJar> read() {
    Map<Path, PackageJar> now = new LinkedHashMap<>();
    for (Path folder : folders) {
      for (Path file : files(folder)) {
        Stamp stamp = Stamp.of(file);
        if (stamp != null) {
          PackageJar before = seen.get(file);
          boolean same = before != null && before.stamp().equals(stamp);
          now.put(file, same ? before : PackageJar.read(file, stamp));
        }
      }
    }
    seen = now;
    return List.copyOf(now.values());
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .sorted()
          .collect(Collectors.toList());
    } catch (IOException e) {
      throw Refusals.io("a package folder must be readable", e);
    }
  }
}
