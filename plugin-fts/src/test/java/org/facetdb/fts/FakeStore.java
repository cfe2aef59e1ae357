package org.facetdb.fts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexStore;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory, or with its closed files in a folder. Thread-safe by one lock. Bytes of
 * deleted files stay for as long as the committed checkpoint names them, as the kernel's store
 * keeps them.
 */
final class FakeStore implements IndexStore {
  private final @Nullable Path folder;
  private final Map<String, byte[]> bytes = new HashMap<>();
  private final Set<String> writing = new HashSet<>();
  private final Set<String> deleted = new HashSet<>();
  private Set<String> committed = Set.of();

  FakeStore(@Nullable Path folder) {
    this.folder = folder;
  }

  /** The kernel committed a checkpoint of these files. */
  synchronized void commit(Set<String> files) {
    for (String name : files) {
      if (!list().contains(name)) {
        throw new AssertionError("a checkpoint names files that exist: file=" + name);
      }
    }
    committed = Set.copyOf(files);
    for (String name : Set.copyOf(deleted)) {
      drop(name);
    }
  }

  /** Goes back to what the committed checkpoint names, as a restart does. */
  synchronized void restart() {
    deleted.clear();
    writing.clear();
    for (String name : Set.copyOf(bytes.keySet())) {
      if (!committed.contains(name)) {
        deleted.add(name);
        drop(name);
      }
    }
  }

  private void drop(String name) {
    if (!committed.contains(name)) {
      deleted.remove(name);
      bytes.remove(name);
      try {
        if (folder != null) {
          Files.deleteIfExists(folder.resolve(name));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Changes a byte of a file. */
  synchronized void damage(String name, int offset) {
    byte[] copy = bytes.get(name).clone();
    copy[offset] ^= 0x40;
    bytes.put(name, copy);
    writeToFolder(name, copy);
  }

  private void writeToFolder(String name, byte[] content) {
    try {
      if (folder != null) {
        Files.write(folder.resolve(name), content);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized Output create(String name) {
    if (!name.matches("[A-Za-z0-9_.-]+") || bytes.containsKey(name) || !writing.add(name)) {
      throw new AssertionError("a new file has a new name: file=" + name);
    }
    return new HeapOutput(name);
  }

  private synchronized void seal(String name, byte[] content) {
    if (writing.remove(name)) {
      bytes.put(name, content);
      writeToFolder(name, content);
    }
  }

  private final class HeapOutput implements Output {
    private final String name;
    private byte[] content = new byte[1024];
    private int used;

    HeapOutput(String name) {
      this.name = name;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      if (used + length > content.length) {
        content = Arrays.copyOf(content, Math.max(used + length, 2 * content.length));
      }
      System.arraycopy(source, offset, content, used, length);
      used += length;
    }

    @Override
    public long position() {
      return used;
    }

    @Override
    public void close() {
      seal(name, Arrays.copyOf(content, used));
    }
  }

  private byte[] content(String name) {
    byte[] content = deleted.contains(name) ? null : bytes.get(name);
    if (content == null) {
      throw DatabaseException.user("58P01", "there is no such file: file=" + name);
    }
    return content;
  }

  @Override
  public synchronized Input open(String name) {
    byte[] content = content(name);
    return new Input() {
      @Override
      public long length() {
        return content.length;
      }

      @Override
      public void read(long position, byte[] target, int offset, int length) {
        System.arraycopy(content, (int) position, target, offset, length);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public synchronized long length(String name) {
    return content(name).length;
  }

  @Override
  public synchronized @Nullable Path localPath(String name) {
    content(name);
    return folder == null ? null : folder.resolve(name);
  }

  @Override
  public synchronized void delete(String name) {
    if (writing.remove(name)) {
      return;
    }
    content(name);
    deleted.add(name);
    drop(name);
  }

  @Override
  public synchronized Set<String> list() {
    Set<String> names = new TreeSet<>(bytes.keySet());
    names.addAll(writing);
    names.removeAll(deleted);
    return names;
  }
}
