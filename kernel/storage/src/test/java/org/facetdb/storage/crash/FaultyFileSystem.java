package org.facetdb.storage.crash;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.DirectoryLock;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.jspecify.annotations.Nullable;

/**
 * A strict in-memory file system that pulls the plug, or kills the process, at the n-th operation,
 * or leaves out the syncs of one place of the code. Safe for use by any number of threads.
 */
final class FaultyFileSystem implements FileSystem {
  private final MemoryFileSystem inner;
  private final Plan plan;
  private final Random random;

  /**
   * When to crash, how, and what to leave out.
   *
   * @param crashAt number of the operation that the crash comes in, from 1; 0 for none
   * @param crashSite the crash comes in the {@code crashAt}-th sync of this place instead
   * @param killShare probability that only the process dies
   * @param dropped the place whose syncs do nothing
   */
  record Plan(
      long crashAt, @Nullable SyncSite crashSite, double killShare, @Nullable SyncSite dropped) {}

  private final Map<SyncSite, Integer> reached = new EnumMap<>(SyncSite.class);
  private long operations;
  private @Nullable MemoryFileSystem survivor;

  FaultyFileSystem(MemoryFileSystem inner, Plan plan, Random random) {
    this.inner = inner;
    this.plan = plan;
    this.random = random;
  }

  /** What the crash left, or null before it. */
  synchronized @Nullable MemoryFileSystem survivor() {
    return survivor;
  }

  synchronized long operations() {
    return operations;
  }

  synchronized Map<SyncSite, Integer> reached() {
    return new EnumMap<>(reached);
  }

  /** Runs an operation, or crashes before it or after it. */
  private synchronized void step(Runnable operation) {
    operations++;
    run(operation, plan.crashSite() == null && operations == plan.crashAt());
  }

  private void run(Runnable operation, boolean crash) {
    if (!crash || random.nextBoolean()) {
      operation.run();
    }
    if (crash) {
      survivor = random.nextDouble() < plan.killShare() ? inner.kill() : inner.crash(random);
      throw StorageException.io("crash at operation " + operations, null);
    }
  }

  private synchronized void sync(SyncSite site, Runnable operation) {
    operations++;
    int times = reached.merge(site, 1, Integer::sum);
    boolean crash =
        plan.crashSite() == null
            ? operations == plan.crashAt()
            : site == plan.crashSite() && times == plan.crashAt();
    run(site == plan.dropped() ? () -> {} : operation, crash);
  }

  @Override
  public StorageFile open(String name, Mode mode) {
    StorageFile[] opened = new StorageFile[1];
    if (mode == Mode.CREATE) {
      step(() -> opened[0] = inner.open(name, mode));
    } else {
      opened[0] = inner.open(name, mode);
    }
    return new FaultyFile(opened[0]);
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
    step(() -> inner.createDirectories(directory));
  }

  @Override
  public void rename(String from, String to) {
    step(() -> inner.rename(from, to));
  }

  @Override
  public void delete(String name) {
    step(() -> inner.delete(name));
  }

  @Override
  public void deleteDirectory(String name) {
    step(() -> inner.deleteDirectory(name));
  }

  @Override
  public void link(String from, String to) {
    step(() -> inner.link(from, to));
  }

  @Override
  public @Nullable Path localPath(String name) {
    return inner.localPath(name);
  }

  @Override
  public void syncDirectory(String directory, SyncSite site) {
    sync(site, () -> inner.syncDirectory(directory, site));
  }

  @Override
  public DirectoryLock lockDirectory() {
    return inner.lockDirectory();
  }

  @Override
  public String describe(String name) {
    return inner.describe(name);
  }

  private final class FaultyFile implements StorageFile {
    private final StorageFile file;

    FaultyFile(StorageFile file) {
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
      step(() -> file.write(position, source, offset, length));
    }

    @Override
    public void sync(SyncSite site) {
      FaultyFileSystem.this.sync(site, () -> file.sync(site));
    }

    @Override
    public void writeDurably(long position, byte[] source, int offset, int length, SyncSite site) {
      step(() -> file.write(position, source, offset, length));
      FaultyFileSystem.this.sync(
          site, () -> file.writeDurably(position, source, offset, length, site));
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void truncate(long size) {
      step(() -> file.truncate(size));
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
