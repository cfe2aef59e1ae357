package org.facetdb.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexStore;
import org.jspecify.annotations.Nullable;

/**
 * An index's files in memory, as strict as a kernel may be. A file lasts over a restart only if the
 * last committed checkpoint names it. Deleted files stay while that checkpoint or an input needs
 * them, and their names with them. Can fail at a chosen operation, for once or for good. What the
 * index does against the rules is raised and, in case it swallows exceptions, kept in {@link
 * #violations}. Thread-safe.
 */
public final class MemoryStore implements IndexStore {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");

  private static final class Entry {
    byte[] bytes = new byte[256];
    int length;
    boolean closed;
    boolean deleted;
    int inputs;
    @Nullable Path path;
  }

  private final @Nullable Path directory;
  private final Map<String, Entry> files = new HashMap<>();
  private final List<String> violations = new ArrayList<>();
  private Set<String> committed = Set.of();
  private int openOutputs;
  private long operations;
  private long failAt = Long.MAX_VALUE;
  private boolean failForGood;
  private boolean failed;
  private boolean crashed;
  private boolean retired;

  /** An empty store; {@code directory} takes files for {@link #localPath}, null for none. */
  public MemoryStore(@Nullable Path directory) {
    this.directory = directory;
  }

  /**
   * Fails at an operation.
   *
   * @param operation counted from now on, at least 1
   * @param forGood whether all later operations fail too, as if the process was going down
   */
  public synchronized void failAt(long operation, boolean forGood) {
    failAt = operations + operation;
    failForGood = forGood;
  }

  /** Whether the chosen operation came. */
  public synchronized boolean failed() {
    return failed;
  }

  /** Operations so far. */
  public synchronized long operations() {
    return operations;
  }

  /** What was done against the rules. */
  public synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  /** Syncs and commits the files of a checkpoint; unneeded ones go. */
  public synchronized void commit(Set<String> names) {
    for (String name : names) {
      Entry entry = files.get(name);
      if (entry == null || entry.deleted || !entry.closed) {
        throw violation("a checkpoint names files that are there and closed", name);
      }
    }
    committed = Set.copyOf(names);
    for (String name : List.copyOf(files.keySet())) {
      drop(name);
    }
  }

  /** The store as it is after a restart: the files of the last committed checkpoint alone. */
  public synchronized MemoryStore restart(@Nullable Path newDirectory) {
    MemoryStore next = new MemoryStore(newDirectory);
    for (String name : committed) {
      Entry from = Objects.requireNonNull(files.get(name));
      Entry to = new Entry();
      to.bytes = Arrays.copyOf(from.bytes, from.length);
      to.length = from.length;
      to.closed = true;
      next.files.put(name, to);
    }
    next.committed = committed;
    return next;
  }

  /** Nothing may be used any more; what is still open is a violation. */
  public synchronized void retire() {
    if (openOutputs > 0) {
      violations.add("an output was left open: count=" + openOutputs);
    }
    files.forEach(
        (name, entry) -> {
          if (entry.inputs > 0) {
            violations.add("an input was left open: name=" + name);
          }
          if (entry.path != null && !Arrays.equals(content(entry), readLocal(entry.path))) {
            violations.add("a local file was changed: name=" + name);
          }
        });
    retired = true;
  }

  @Override
  public synchronized Output create(String name) {
    operation("create", name);
    if (!NAME.matcher(name).matches()) {
      throw violation("a name has letters, digits, _, - and .", name);
    }
    if (files.containsKey(name)) {
      throw violation("a file is created with a name that is not in use", name);
    }
    Entry entry = new Entry();
    files.put(name, entry);
    openOutputs++;
    return new MemoryOutput(name, entry);
  }

  @Override
  public synchronized Input open(String name) {
    operation("open", name);
    Entry entry = entry(name);
    if (!entry.closed) {
      throw violation("a file is opened after it was closed for writing", name);
    }
    entry.inputs++;
    return new MemoryInput(name, entry);
  }

  @Override
  public synchronized long length(String name) {
    operation("length", name);
    return entry(name).length;
  }

  @Override
  public synchronized @Nullable Path localPath(String name) {
    operation("localPath", name);
    Entry entry = entry(name);
    if (directory == null) {
      return null;
    }
    if (!entry.closed) {
      throw violation("a file has a path after it was closed for writing", name);
    }
    if (entry.path == null) {
      try {
        entry.path = Files.write(directory.resolve(name), content(entry));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return entry.path;
  }

  @Override
  public synchronized void delete(String name) {
    operation("delete", name);
    entry(name).deleted = true;
    drop(name);
  }

  @Override
  public synchronized Set<String> list() {
    operation("list", "");
    Set<String> names = new TreeSet<>();
    files.forEach(
        (name, entry) -> {
          if (!entry.deleted) {
            names.add(name);
          }
        });
    return names;
  }

  private void drop(String name) {
    Entry entry = files.get(name);
    if (entry != null && entry.deleted && entry.inputs == 0 && !committed.contains(name)) {
      files.remove(name);
      if (entry.path != null) {
        try {
          Files.deleteIfExists(entry.path);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private Entry entry(String name) {
    Entry entry = files.get(name);
    if (entry == null || entry.deleted) {
      throw missing(name);
    }
    return entry;
  }

  private static DatabaseException missing(String name) {
    return DatabaseException.user("58P01", "file does not exist: name=" + name);
  }

  private void operation(String what, String name) {
    if (retired) {
      throw violation("the store is used while the index is open: operation=" + what, name);
    }
    if (++operations == failAt) {
      failed = true;
      crashed = failForGood;
      throw failure(what, name);
    }
    if (crashed) {
      throw failure(what, name);
    }
  }

  private DatabaseException failure(String what, String name) {
    return new DatabaseException(
        "58030",
        DatabaseException.Category.RESOURCE,
        "the store fails on purpose: operation=" + what + " name=" + name + " count=" + operations);
  }

  private IllegalStateException violation(String rule, String name) {
    String message = rule + ": name=" + name;
    violations.add(message);
    return new IllegalStateException(message);
  }

  private static byte[] content(Entry entry) {
    return Arrays.copyOf(entry.bytes, entry.length);
  }

  private static byte[] readLocal(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class MemoryOutput implements Output {
    private final String name;
    private final Entry entry;

    MemoryOutput(String name, Entry entry) {
      this.name = name;
      this.entry = entry;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      synchronized (MemoryStore.this) {
        operation("write", name);
        if (entry.closed) {
          throw violation("a file is written before it is closed", name);
        }
        int end = entry.length + length;
        if (end > entry.bytes.length) {
          entry.bytes = Arrays.copyOf(entry.bytes, Math.max(end, 2 * entry.bytes.length));
        }
        System.arraycopy(source, offset, entry.bytes, entry.length, length);
        entry.length = end;
      }
    }

    @Override
    public long position() {
      synchronized (MemoryStore.this) {
        return entry.length;
      }
    }

    @Override
    public void close() {
      synchronized (MemoryStore.this) {
        if (!entry.closed) {
          entry.closed = true;
          openOutputs--;
          operation("close", name);
        }
      }
    }
  }

  private final class MemoryInput implements Input {
    private final String name;
    private final Entry entry;
    private boolean closed;

    MemoryInput(String name, Entry entry) {
      this.name = name;
      this.entry = entry;
    }

    @Override
    public long length() {
      return entry.length;
    }

    @Override
    public void read(long position, byte[] target, int offset, int length) {
      synchronized (MemoryStore.this) {
        operation("read", name);
        if (closed || position < 0 || position + length > entry.length) {
          throw violation("an open file is read within its length: position=" + position, name);
        }
        System.arraycopy(entry.bytes, (int) position, target, offset, length);
      }
    }

    @Override
    public void close() {
      synchronized (MemoryStore.this) {
        if (!closed) {
          closed = true;
          entry.inputs--;
          drop(name);
        }
      }
    }
  }
}
