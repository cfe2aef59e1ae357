package org.facetdb.sql.index;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexStore;
import org.facetdb.storage.SideFiles;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The files of one generation of an index. Remembers lengths and checksums of what was written; a
 * file that a plug-in lets go is removed when no committed checkpoint names it. Thread-safe.
 */
final class IndexDirectory implements IndexStore {
  private final SideFiles files;
  private final String path;
  private final Map<String, CheckpointRecord.StoredFile> closed = new ConcurrentHashMap<>();
  private final Set<String> writing = ConcurrentHashMap.newKeySet();
  private final Set<String> released = new HashSet<>();
  private Set<String> committed = Set.of();

  private IndexDirectory(SideFiles files, String path) {
    this.files = files;
    this.path = path;
  }

  static String path(int indexId, int generation) {
    return "index/" + indexId + "/" + generation;
  }

  /** A new, empty directory in place of whatever is there. */
  static IndexDirectory create(SideFiles files, int indexId, int generation) {
    String path = path(indexId, generation);
    if (files.directories("index/" + indexId).contains(Integer.toString(generation))) {
      files.deleteDirectory(path);
    }
    files.createDirectory(path);
    return new IndexDirectory(files, path);
  }

  /**
   * Opens the files of a checkpoint and removes all others.
   *
   * @throws DatabaseException XX001 if a file isn't what was written
   */
  static IndexDirectory open(SideFiles files, int indexId, CheckpointRecord record) {
    IndexDirectory directory = new IndexDirectory(files, path(indexId, record.generation()));
    directory.adopt(record);
    for (String name : files.files(directory.path)) {
      if (!directory.closed.containsKey(name)) {
        files.delete(directory.path, name);
      }
    }
    return directory;
  }

  /** A new directory that begins with the files of a checkpoint of another one. */
  static IndexDirectory cloneOf(
      SideFiles files, int indexId, CheckpointRecord record, int generation) {
    IndexDirectory directory = create(files, indexId, generation);
    String from = path(indexId, record.generation());
    for (CheckpointRecord.StoredFile file : record.files()) {
      files.link(from, file.name(), directory.path);
    }
    directory.adopt(record);
    return directory;
  }

  private void adopt(CheckpointRecord record) {
    for (CheckpointRecord.StoredFile file : record.files()) {
      verify(file);
      closed.put(file.name(), file);
    }
    committed = Set.copyOf(closed.keySet());
  }

  private void verify(CheckpointRecord.StoredFile file) {
    String damage = damage(files, path, file);
    if (damage != null) {
      throw new DatabaseException("XX001", DatabaseException.Category.CORRUPTION, damage);
    }
  }

  /** What is wrong with a file, null if it is what was written. */
  static @Nullable String damage(SideFiles files, String path, CheckpointRecord.StoredFile file) {
    String found;
    try {
      long length = files.length(path, file.name());
      int checksum = length == file.length() ? files.checksum(path, file.name()) : 0;
      if (length == file.length() && checksum == file.checksum()) {
        return null;
      }
      found = "length " + length + " checksum " + Integer.toHexString(checksum);
    } catch (StorageException e) {
      found = String.valueOf(e.getMessage());
    }
    return "an index file is damaged: file="
        + path
        + "/"
        + file.name()
        + " expected=length "
        + file.length()
        + " checksum "
        + Integer.toHexString(file.checksum())
        + " found="
        + found;
  }

  @Override
  public Output create(String name) {
    if (closed.containsKey(name) || isReleased(name) || !writing.add(name)) {
      throw DatabaseException.user("58P02", "an index file exists: file=" + path + "/" + name);
    }
    SideFiles.Output out = files.create(path, name);
    return new Output() {
      private boolean open = true;

      @Override
      public void write(byte[] source, int offset, int length) {
        out.write(source, offset, length);
      }

      @Override
      public long position() {
        return out.position();
      }

      @Override
      public void close() {
        if (open) {
          open = false;
          out.close();
          closed.put(name, new CheckpointRecord.StoredFile(name, out.position(), out.checksum()));
          writing.remove(name);
        }
      }
    };
  }

  private synchronized boolean isReleased(String name) {
    return released.contains(name);
  }

  private CheckpointRecord.StoredFile require(String name) {
    CheckpointRecord.StoredFile file = closed.get(name);
    if (file == null) {
      throw DatabaseException.user("58P01", "no such index file: file=" + path + "/" + name);
    }
    return file;
  }

  @Override
  public Input open(String name) {
    require(name);
    SideFiles.Input in = files.open(path, name);
    return new Input() {
      @Override
      public long length() {
        return in.length();
      }

      @Override
      public void read(long position, byte[] target, int offset, int length) {
        in.read(position, target, offset, length);
      }

      @Override
      public void close() {
        in.close();
      }
    };
  }

  @Override
  public long length(String name) {
    return require(name).length();
  }

  @Override
  public @Nullable Path localPath(String name) {
    require(name);
    return files.localPath(path, name);
  }

  @Override
  public synchronized void delete(String name) {
    if (closed.remove(name) == null) {
      return;
    }
    if (committed.contains(name)) {
      released.add(name);
    } else {
      files.delete(path, name);
    }
  }

  @Override
  public Set<String> list() {
    Set<String> names = new HashSet<>(closed.keySet());
    names.addAll(writing);
    return names;
  }

  /** Makes files durable and says what they are. */
  List<CheckpointRecord.StoredFile> sync(Set<String> names) {
    List<CheckpointRecord.StoredFile> stored = names.stream().sorted().map(this::require).toList();
    Set<String> fresh = new HashSet<>(names);
    synchronized (this) {
      fresh.removeAll(committed);
    }
    if (!fresh.isEmpty()) {
      files.sync(path, fresh);
    }
    return stored;
  }

  /** A checkpoint with these files is committed: what was let go before may go. */
  synchronized void committed(Set<String> names) {
    committed = Set.copyOf(names);
    released.removeIf(
        name -> {
          if (committed.contains(name)) {
            return false;
          }
          files.delete(path, name);
          return true;
        });
  }

  /** Removes the files that no committed checkpoint names. */
  synchronized void trim() {
    for (String name : files.files(path)) {
      if (!committed.contains(name)) {
        files.delete(path, name);
      }
    }
  }

  /** Removes the directory with all in it. */
  void remove() {
    files.deleteDirectory(path);
  }
}
