package org.facetdb.storage.fs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Files in memory. The strict kind knows what a device would have kept: bytes from the last sync of
 * their file on, and names from the last sync of their directory on; {@link #crash} leaves that and
 * a random part of the rest.
 *
 * <p>Safe for use by any number of threads: everything that changes something runs under one lock,
 * reads take none. After a crash every further operation of this object fails, so that threads of
 * the crashed store cannot reach the state that survives. Deleting an open file fails, as the
 * contract of {@link StorageFile} forbids it.
 */
public final class MemoryFileSystem implements FileSystem {
  private static final int SECTOR_BYTES = 512;

  private final Object lock = new Object();
  private final boolean strict;
  private final Map<String, MemoryFile.Content> files = new HashMap<>();
  private final Set<String> directories = new HashSet<>();
  private final Map<String, MemoryFile.Content> durableFiles = new HashMap<>();
  private final Set<String> durableDirectories = new HashSet<>();
  private final List<NameChange> pendingNames = new ArrayList<>();
  private volatile boolean crashed;
  private boolean locked;

  /** A change of names in one directory that is not synced yet. */
  private record NameChange(
      String directory,
      @Nullable String removed,
      @Nullable String added,
      MemoryFile.@Nullable Content content) {}

  private MemoryFileSystem(boolean strict) {
    this.strict = strict;
    directories.add(ROOT);
    durableDirectories.add(ROOT);
  }

  /** Keeps track of what is synced, so that it can crash. */
  public static MemoryFileSystem strict() {
    return new MemoryFileSystem(true);
  }

  /** For databases that live in memory alone; syncs do nothing. */
  public static MemoryFileSystem unsynced() {
    return new MemoryFileSystem(false);
  }

  /**
   * Pulls the plug: this object is dead from now on, and the result holds all that was synced and,
   * of the rest, each name and each sector of 512 bytes with a probability that is drawn first.
   */
  public MemoryFileSystem crash(RandomGenerator random) {
    synchronized (lock) {
      crashed = true;
      return survivor(random);
    }
  }

  /**
   * Kills the process and not the machine: this object is dead from now on, and the result holds
   * all that was written, synced or not, with nobody having it open or locked.
   */
  public MemoryFileSystem kill() {
    synchronized (lock) {
      crashed = true;
      MemoryFileSystem result = new MemoryFileSystem(strict);
      Map<MemoryFile.Content, MemoryFile.Content> copies = new IdentityHashMap<>();
      UnaryOperator<MemoryFile.Content> copy =
          content -> copies.computeIfAbsent(content, MemoryFile.Content::copy);
      files.forEach((name, content) -> result.files.put(name, copy.apply(content)));
      durableFiles.forEach((name, content) -> result.durableFiles.put(name, copy.apply(content)));
      result.directories.addAll(directories);
      result.durableDirectories.addAll(durableDirectories);
      for (NameChange change : pendingNames) {
        MemoryFile.Content content = change.content();
        result.pendingNames.add(
            new NameChange(
                change.directory(),
                change.removed(),
                change.added(),
                content == null ? null : copy.apply(content)));
      }
      return result;
    }
  }

  /** What a crash at this moment would leave, while this object lives on. */
  public MemoryFileSystem survivor(RandomGenerator random) {
    if (!strict) {
      throw new IllegalStateException("only a strict file system can crash");
    }
    synchronized (lock) {
      double keep =
          switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 1;
            default -> random.nextDouble();
          };
      Map<String, MemoryFile.Content> kept = new HashMap<>(durableFiles);
      Set<String> names = new HashSet<>(durableDirectories);
      for (NameChange change : pendingNames) {
        if (random.nextDouble() < keep) {
          apply(change, kept, names);
        }
      }
      Set<String> keptDirectories = new HashSet<>();
      for (String directory : names) {
        if (isReachable(directory, names)) {
          keptDirectories.add(directory);
        }
      }
      MemoryFileSystem result = new MemoryFileSystem(true);
      Map<MemoryFile.Content, MemoryFile.Content> survivors = new IdentityHashMap<>();
      result.directories.addAll(keptDirectories);
      result.durableDirectories.addAll(keptDirectories);
      for (Map.Entry<String, MemoryFile.Content> entry : kept.entrySet()) {
        if (keptDirectories.contains(parent(entry.getKey()))) {
          MemoryFile.Content content =
              survivors.computeIfAbsent(
                  entry.getValue(), written -> written.survivor(random, keep, SECTOR_BYTES));
          result.files.put(entry.getKey(), content);
          result.durableFiles.put(entry.getKey(), content);
        }
      }
      return result;
    }
  }

  private static boolean isReachable(String directory, Set<String> names) {
    String name = directory;
    while (!name.isEmpty()) {
      if (!names.contains(name)) {
        return false;
      }
      name = parent(name);
    }
    return true;
  }

  private static void apply(
      NameChange change, Map<String, MemoryFile.Content> files, Set<String> directories) {
    if (change.removed() != null) {
      files.remove(change.removed());
      directories.remove(change.removed());
    }
    if (change.added() != null) {
      if (change.content() != null) {
        files.put(change.added(), change.content());
      } else {
        directories.add(change.added());
      }
    }
  }

  private static String parent(String name) {
    int slash = name.lastIndexOf('/');
    return slash < 0 ? ROOT : name.substring(0, slash);
  }

  void checkAlive() {
    if (crashed) {
      throw StorageException.io("the file system crashed", null);
    }
  }

  Object monitor() {
    return lock;
  }

  private void change(
      String directory,
      @Nullable String removed,
      @Nullable String added,
      MemoryFile.@Nullable Content content) {
    NameChange change = new NameChange(directory, removed, added, content);
    apply(change, files, directories);
    if (strict) {
      pendingNames.add(change);
    }
  }

  @Override
  public StorageFile open(String name, Mode mode) {
    synchronized (lock) {
      checkAlive();
      MemoryFile.Content content = files.get(name);
      if (mode == Mode.CREATE) {
        if (content != null) {
          throw StorageException.io("file exists: file=" + name, null);
        }
        if (!directories.contains(parent(name))) {
          throw StorageException.io("directory does not exist: file=" + name, null);
        }
        content = new MemoryFile.Content(strict);
        change(parent(name), null, name, content);
      } else if (content == null) {
        throw StorageException.io("file does not exist: file=" + name, null);
      }
      return new MemoryFile(this, name, content, mode == Mode.WRITE || mode == Mode.CREATE);
    }
  }

  @Override
  public boolean exists(String name) {
    synchronized (lock) {
      checkAlive();
      return files.containsKey(name) || directories.contains(name);
    }
  }

  @Override
  public List<String> list(String directory) {
    synchronized (lock) {
      checkAlive();
      Set<String> names = new TreeSet<>();
      for (String name : files.keySet()) {
        if (parent(name).equals(directory)) {
          names.add(name.substring(name.lastIndexOf('/') + 1));
        }
      }
      for (String name : directories) {
        if (!name.isEmpty() && parent(name).equals(directory)) {
          names.add(name.substring(name.lastIndexOf('/') + 1));
        }
      }
      return List.copyOf(names);
    }
  }

  @Override
  public void createDirectories(String directory) {
    synchronized (lock) {
      checkAlive();
      if (!directories.contains(directory)) {
        createDirectories(parent(directory));
        change(parent(directory), null, directory, null);
      }
    }
  }

  @Override
  public boolean isDirectory(String name) {
    synchronized (lock) {
      checkAlive();
      return directories.contains(name);
    }
  }

  @Override
  public void deleteDirectory(String name) {
    synchronized (lock) {
      if (!list(name).isEmpty()) {
        throw StorageException.io("directory is not empty: directory=" + name, null);
      }
      if (directories.contains(name)) {
        change(parent(name), name, null, null);
      }
    }
  }

  @Override
  public void link(String from, String to) {
    synchronized (lock) {
      checkAlive();
      MemoryFile.Content content = files.get(from);
      if (content == null) {
        throw StorageException.io("file does not exist: file=" + from, null);
      }
      if (files.containsKey(to) || !directories.contains(parent(to))) {
        throw StorageException.io("file exists, or its directory does not: file=" + to, null);
      }
      change(parent(to), null, to, content);
    }
  }

  @Override
  public @Nullable Path localPath(String name) {
    return null;
  }

  @Override
  public void rename(String from, String to) {
    synchronized (lock) {
      checkAlive();
      MemoryFile.Content content = files.get(from);
      if (content == null) {
        throw StorageException.io("file does not exist: file=" + from, null);
      }
      if (!parent(from).equals(parent(to))) {
        throw StorageException.io("a rename stays in its directory: file=" + from, null);
      }
      change(parent(from), from, to, content);
    }
  }

  @Override
  public void delete(String name) {
    synchronized (lock) {
      checkAlive();
      MemoryFile.Content content = files.get(name);
      if (content != null) {
        if (content.isOpen(name)) {
          throw StorageException.io("an open file must not be deleted: file=" + name, null);
        }
        change(parent(name), name, null, null);
      }
    }
  }

  @Override
  public void syncDirectory(String directory, SyncSite site) {
    synchronized (lock) {
      checkAlive();
      Iterator<NameChange> changes = pendingNames.iterator();
      while (changes.hasNext()) {
        NameChange change = changes.next();
        if (change.directory().equals(directory)) {
          apply(change, durableFiles, durableDirectories);
          changes.remove();
        }
      }
    }
  }

  @Override
  public DirectoryLock lockDirectory() {
    synchronized (lock) {
      checkAlive();
      if (locked) {
        throw new StorageException(
            "55006",
            StorageException.Category.USER,
            "database directory is in use: directory=memory holder=process "
                + ProcessHandle.current().pid()
                + " (this process)");
      }
      locked = true;
    }
    return () -> {
      synchronized (lock) {
        locked = false;
      }
    };
  }

  @Override
  public String describe(String name) {
    return "memory:" + name;
  }
}
