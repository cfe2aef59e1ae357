package org.facetdb.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's jars as files: unpacked once per content hash into the user's cache directory.
 *
 * <p>Any number of processes may unpack at the same time: a file gets its name, by an atomic
 * rename, only after its last byte is written, and its content follows from the directory's name,
 * so a file that has its name and size is whole whoever wrote it.
 *
 * @param folder where the jars are
 * @param index what they are
 */
record KernelJars(Path folder, KernelIndex index) {
  /** Names the directory below which kernels are unpacked, in place of the user's cache. */
  static final String CACHE_PROPERTY = "facetdb.cache.dir";

  private static final String RESOURCES = "/META-INF/facetdb/kernel/";

  static KernelJars unpack() {
    try (InputStream in = KernelJars.class.getResourceAsStream(RESOURCES + KernelIndex.FILE_NAME)) {
      if (in == null) {
        throw new KernelException("the jar carries no kernel: " + RESOURCES + " is absent", null);
      }
      return unpack(KernelIndex.read(in), cacheFolders(), KernelJars::resource);
    } catch (IOException failure) {
      throw new KernelException("cannot unpack the kernel", failure);
    }
  }

  /** Opens a nested jar by its name. */
  interface Source {
    InputStream open(String file) throws IOException;
  }

  /** Unpacks below the first of the given folders that can be written. */
  static KernelJars unpack(KernelIndex index, List<Path> caches, Source source) throws IOException {
    IOException failure = new IOException("no folder to unpack into");
    for (Path cache : caches) {
      try {
        Path folder = cache.resolve("kernel-" + index.hash());
        Files.createDirectories(folder, ownerOnly(folder));
        requireOwn(folder);
        for (KernelIndex.Jar jar : index.jars()) {
          unpack(jar, folder, source);
        }
        return new KernelJars(folder, index);
      } catch (IOException | SecurityException refused) {
        refused.addSuppressed(failure);
        failure = new IOException("folder=" + cache + ": " + refused.getMessage(), refused);
      }
    }
    throw failure;
  }

  private static void unpack(KernelIndex.Jar jar, Path folder, Source source) throws IOException {
    Path target = folder.resolve(jar.file());
    if (Files.isRegularFile(target) && Files.size(target) == jar.bytes()) {
      return;
    }
    Path draft = Files.createTempFile(folder, jar.file(), ".part");
    try {
      try (InputStream in = source.open(jar.file())) {
        Files.copy(in, draft, StandardCopyOption.REPLACE_EXISTING);
      }
      if (Files.size(draft) != jar.bytes()) {
        throw new IOException(
            "a nested jar has the wrong size: file="
                + jar.file()
                + " expected="
                + jar.bytes()
                + " found="
                + Files.size(draft));
      }
      try {
        Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException unsupported) {
        Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Code is about to be run from here, so nobody else may be able to put files into it. */
  private static void requireOwn(Path folder) throws IOException {
    if (!posix(folder)) {
      return;
    }
    var permissions = Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
    String text = PosixFilePermissions.toString(permissions);
    boolean othersWrite = text.charAt(4) == 'w' || text.charAt(7) == 'w';
    String owner = Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).getName();
    Path probe = Files.createTempFile(folder, "owner", ".part");
    try {
      if (othersWrite || !owner.equals(Files.getOwner(probe).getName())) {
        throw new IOException(
            "the kernel's folder must belong to this user alone: folder="
                + folder
                + " owner="
                + owner
                + " permissions="
                + text);
      }
    } finally {
      Files.delete(probe);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) {
    return posix(folder)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean posix(Path path) {
    return path.getFileSystem().equals(FileSystems.getDefault())
        && path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static InputStream resource(String file) throws IOException {
    InputStream in = KernelJars.class.getResourceAsStream(RESOURCES + file);
    if (in == null) {
      throw new IOException("a nested jar is absent: " + file);
    }
    return in;
  }

  private static List<Path> cacheFolders() {
    List<Path> folders = new ArrayList<>();
    String chosen = System.getProperty(CACHE_PROPERTY);
    if (chosen != null) {
      return List.of(Path.of(chosen));
    }
    Path user = userCache();
    if (user != null) {
      folders.add(user.resolve("facetdb"));
    }
    String name = System.getProperty("user.name", "user");
    folders.add(Path.of(System.getProperty("java.io.tmpdir", "."), "facetdb-" + name));
    return folders;
  }

  private static @Nullable Path userCache() {
    String home = System.getProperty("user.home");
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String named = System.getenv(system.contains("windows") ? "LOCALAPPDATA" : "XDG_CACHE_HOME");
    if (named != null && !named.isEmpty()) {
      return Path.of(named);
    }
    if (home == null || !Files.isDirectory(Path.of(home))) {
      return null;
    }
    return Path.of(home, system.contains("mac") ? "Library/Caches" : ".cache");
  }
}
