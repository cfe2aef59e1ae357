package org.facetdb.storage.crash;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.DirectoryLock;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.jspecify.annotations.Nullable;

/**
 * A file system with a limit on the bytes of its files. A write past the limit leaves what fits and
 * fails; bytes that a file has may be overwritten. Safe for use by any number of threads.
 */
final class FullDisk implements FileSystem {
  private final FileSystem inner;
  private final Map<String, Long> sizes = new HashMap<>();
  private long capacity = Long.MAX_VALUE;
  private long used;
  private int refusals;

  FullDisk(FileSystem inner) {
    this.inner = inner;
  }

  /** Sets the limit to what is used now and some bytes more. */
  synchronized void leave(long bytes) {
    capacity = used + bytes;
  }

  synchronized void lift() {
    capacity = Long.MAX_VALUE;
  }

  synchronized long used() {
    return used;
  }

  /** What the files whose names begin so take of that. */
  synchronized long usedBy(String prefix) {
    return sizes.entrySet().stream()
        .filter(file -> file.getKey().startsWith(prefix))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** How many writes failed. */
  synchronized int refusals() {
    return refusals;
  }

  private synchronized void resize(String name, @Nullable Long size) {
    Long before = size == null ? sizes.remove(name) : sizes.put(name, size);
    used += (size == null ? 0 : size) - (before == null ? 0 : before);
  }

  @Override
  public StorageFile open(String name, Mode mode) {
    StorageFile file = inner.open(name, mode);
    resize(name, file.size());
    return new LimitedFile(name, file);
  }

  @Override
  public boolean exists(String name) {
    return inner.exists(name);
  }

  @Override
  public List<String> list(String directory) {
    return inner.list(directory);
  }

  @Override
  public boolean isDirectory(String name) {
    return inner.isDirectory(name);
  }

  @Override
  public void createDirectories(String directory) {
    inner.createDirectories(directory);
  }

  @Override
  public synchronized void rename(String from, String to) {
    inner.rename(from, to);
    Long size = sizes.get(from);
    resize(from, null);
    resize(to, size);
  }

  @Override
  public synchronized void delete(String name) {
    inner.delete(name);
    resize(name, null);
  }

  @Override
  public void deleteDirectory(String name) {
    inner.deleteDirectory(name);
  }

  @Override
  public void link(String from, String to) {
    inner.link(from, to);
  }

  @Override
  public void syncDirectory(String directory, SyncSite site) {
    inner.syncDirectory(directory, site);
  }

  @Override
  public DirectoryLock lockDirectory() {
    return inner.lockDirectory();
  }

  @Override
  public @Nullable Path localPath(String name) {
    return inner.localPath(name);
  }

  @Override
  public String describe(String name) {
    return inner.describe(name);
  }

  private final class LimitedFile implements StorageFile {
    private final String name;
    private final StorageFile file;

    LimitedFile(String name, StorageFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public String name() {
      return file.name();
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) {
      return file.read(position, target, offset, length);
    }

    @Override
    public void mapForReading() {
      file.mapForReading();
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) {
      synchronized (FullDisk.this) {
        long size = file.size();
        long growth = Math.max(0, position + length - size);
        long free = Math.max(0, capacity - used);
        int fitting = growth <= free ? length : (int) Math.max(0, length - (growth - free));
        file.write(position, source, offset, fitting);
        resize(name, Math.max(size, position + fitting));
        if (fitting < length) {
          refusals++;
          throw new StorageException(
              "53100", StorageException.Category.RESOURCE, "no space is left: file=" + name);
        }
      }
    }

    @Override
    public void sync(SyncSite site) {
      file.sync(site);
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void truncate(long size) {
      synchronized (FullDisk.this) {
        file.truncate(size);
        resize(name, size);
      }
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
