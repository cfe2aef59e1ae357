package org.facetdb.storage.fs;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * Passes everything on to another file system and fails at the n-th operation that changes
 * something or syncs, and, where asked, at all operations after it; a write that fails may have
 * left half of its bytes.
 *
 * <p>Safe for use by any number of threads. Owns nothing.
 */
public final class FailingFileSystem implements FileSystem {
  private final FileSystem inner;
  private final long failAt;
  private final boolean lasting;
  private final AtomicLong operations = new AtomicLong();

  /**
   * @param failAt number of the operation that fails, from 1; 0 for none
   * @param lasting whether all operations after it fail too
   */
  public FailingFileSystem(FileSystem inner, long failAt, boolean lasting) {
    this.inner = inner;
    this.failAt = failAt;
    this.lasting = lasting;
  }

  /** How many operations were counted so far. */
  public long operations() {
    return operations.get();
  }

  private boolean failsNow() {
    long number = operations.incrementAndGet();
    return failAt > 0 && (lasting ? number >= failAt : number == failAt);
  }

  private void step(String operation, String name) {
    if (failsNow()) {
      throw failure(operation, name);
    }
  }

  private StorageException failure(String operation, String name) {
    return StorageException.io(
        "injected failure: operation=" + operation + " number=" + failAt + " file=" + name, null);
  }

  @Override
  public StorageFile open(String name, Mode mode) {
    if (mode == Mode.CREATE) {
      step("create", name);
    }
    return new FailingFile(inner.open(name, mode));
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
    step("create directory", directory);
    inner.createDirectories(directory);
  }

  @Override
  public void rename(String from, String to) {
    step("rename", from);
    inner.rename(from, to);
  }

  @Override
  public void delete(String name) {
    step("delete", name);
    inner.delete(name);
  }

  @Override
  public void deleteDirectory(String name) {
    step("delete directory", name);
    inner.deleteDirectory(name);
  }

  @Override
  public void link(String from, String to) {
    step("link", to);
    inner.link(from, to);
  }

  @Override
  public @Nullable Path localPath(String name) {
    return inner.localPath(name);
  }

  @Override
  public void syncDirectory(String directory, SyncSite site) {
    step("sync directory", directory);
    inner.syncDirectory(directory, site);
  }

  @Override
  public DirectoryLock lockDirectory() {
    return inner.lockDirectory();
  }

  @Override
  public String describe(String name) {
    return inner.describe(name);
  }

  private final class FailingFile implements StorageFile {
    private final StorageFile file;

    FailingFile(StorageFile file) {
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
      if (failsNow()) {
        if (length > 1) {
          file.write(position, source, offset, length / 2);
        }
        throw failure("write", file.name());
      }
      file.write(position, source, offset, length);
    }

    @Override
    public void sync(SyncSite site) {
      step("sync", file.name());
      file.sync(site);
    }

    @Override
    public void writeDurably(long position, byte[] source, int offset, int length, SyncSite site) {
      if (failsNow()) {
        file.write(position, source, offset, length / 2);
        throw failure("write", file.name());
      }
      if (failsNow()) {
        file.write(position, source, offset, length);
        throw failure("sync", file.name());
      }
      file.writeDurably(position, source, offset, length, site);
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void truncate(long size) {
      step("truncate", file.name());
      file.truncate(size);
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
