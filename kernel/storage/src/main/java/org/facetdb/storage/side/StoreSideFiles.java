package org.facetdb.storage.side;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.facetdb.storage.SideFiles;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.jspecify.annotations.Nullable;

/**
 * Side files below the directory {@code side} of a store's file system.
 *
 * <p>Safe for use by any number of threads. One lock orders changes of directories; files take
 * none. A directory is remembered as durable once its name and those of its parents were synced
 * here. Owns nothing; works only while the store is open.
 */
public final class StoreSideFiles implements SideFiles {
  /** How names begin that only the store uses; no part of a side file's name begins so. */
  static final String HIDDEN = ".";

  private static final String ROOT = "side";
  private static final String HELD = ROOT + "/" + HIDDEN + "held";
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");
  private static final int BUFFER_BYTES = 64 << 10;

  private final FileSystem files;
  private final Runnable checkOpen;
  private final ReentrantLock directoriesLock = new ReentrantLock();
  private final ReentrantLock deletions = new ReentrantLock();
  private final Set<String> durable = ConcurrentHashMap.newKeySet();

  /**
   * @param checkOpen throws once the store is closed
   */
  public StoreSideFiles(FileSystem files, Runnable checkOpen) {
    this.files = files;
    this.checkOpen = checkOpen;
  }

  /** Deletes what a crash left of a hold. */
  public static void sweep(FileSystem files) {
    if (files.exists(HELD)) {
      SideHold.delete(files, HELD);
    }
  }

  /**
   * Keeps the files of a moment, at which no file is being deleted.
   *
   * @param moment runs at that moment
   */
  public SideHold hold(Runnable moment) {
    deletions.lock();
    try {
      moment.run();
      return new SideHold(files, ROOT, HELD);
    } finally {
      deletions.unlock();
    }
  }

  private String path(String directory) {
    checkOpen.run();
    if (directory.isEmpty()) {
      return ROOT;
    }
    for (String part : directory.split("/", -1)) {
      checkPart(part);
    }
    return ROOT + "/" + directory;
  }

  private String path(String directory, String name) {
    String path = path(directory);
    checkPart(name);
    if (directory.isEmpty()) {
      throw invalid("a file needs a directory", name);
    }
    return path + "/" + name;
  }

  private static void checkPart(String part) {
    if (!PART.matcher(part).matches()) {
      throw invalid(
          "a name consists of letters, digits, '.', '_' and '-', and does not start with '.'",
          part);
    }
  }

  private static StorageException invalid(String rule, String name) {
    return new StorageException("22023", StorageException.Category.USER, rule + ": name=" + name);
  }

  @Override
  public void createDirectory(String directory) {
    String path = path(directory);
    directoriesLock.lock();
    try {
      if (durable.contains(path)) {
        return;
      }
      files.createDirectories(path);
      for (String name = path; !durable.contains(name); name = parent(name)) {
        files.syncDirectory(parent(name), SyncSite.SIDE_DIRECTORY);
        if (name.equals(ROOT)) {
          break;
        }
      }
      for (String name = path; !name.isEmpty(); name = parent(name)) {
        durable.add(name);
      }
    } finally {
      directoriesLock.unlock();
    }
  }

  private static String parent(String name) {
    int slash = name.lastIndexOf('/');
    return slash < 0 ? FileSystem.ROOT : name.substring(0, slash);
  }

  @Override
  public List<String> directories(String parent) {
    return entries(path(parent), true);
  }

  @Override
  public List<String> files(String directory) {
    return entries(path(directory), false);
  }

  private List<String> entries(String path, boolean directories) {
    List<String> names = new ArrayList<>();
    for (String name : files.list(path)) {
      if (!name.startsWith(HIDDEN) && files.isDirectory(path + "/" + name) == directories) {
        names.add(name);
      }
    }
    return names;
  }

  @Override
  public void deleteDirectory(String directory) {
    String path = path(directory);
    deletions.lock();
    directoriesLock.lock();
    try {
      deleteAll(path);
    } finally {
      directoriesLock.unlock();
      deletions.unlock();
    }
  }

  private void deleteAll(String path) {
    durable.remove(path);
    for (String name : files.list(path)) {
      String entry = path + "/" + name;
      if (files.isDirectory(entry)) {
        deleteAll(entry);
      } else {
        files.delete(entry);
      }
    }
    files.deleteDirectory(path);
  }

  @Override
  public Output create(String directory, String name) {
    return new SequentialOutput(files.open(path(directory, name), FileSystem.Mode.CREATE));
  }

  @Override
  public Input open(String directory, String name) {
    return new PositionedInput(files.open(path(directory, name), FileSystem.Mode.HOLD));
  }

  @Override
  public long length(String directory, String name) {
    try (Input input = open(directory, name)) {
      return input.length();
    }
  }

  @Override
  public void delete(String directory, String name) {
    String path = path(directory, name);
    deletions.lock();
    try {
      files.delete(path);
    } finally {
      deletions.unlock();
    }
  }

  @Override
  public void link(String fromDirectory, String name, String toDirectory) {
    files.link(path(fromDirectory, name), path(toDirectory, name));
  }

  @Override
  public void sync(String directory, Collection<String> names) {
    for (String name : names) {
      try (StorageFile file = files.open(path(directory, name), FileSystem.Mode.WRITE)) {
        file.sync(SyncSite.SIDE_FILE);
      }
    }
    files.syncDirectory(path(directory), SyncSite.SIDE_NAME);
  }

  @Override
  public int checksum(String directory, String name) {
    CRC32C crc = new CRC32C();
    try (StorageFile file = files.open(path(directory, name), FileSystem.Mode.READ)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      long position = 0;
      int count = file.read(position, buffer, 0, buffer.length);
      while (count > 0) {
        crc.update(buffer, 0, count);
        position += count;
        count = file.read(position, buffer, 0, buffer.length);
      }
    }
    return (int) crc.getValue();
  }

  @Override
  public @Nullable Path localPath(String directory, String name) {
    return files.localPath(path(directory, name));
  }

  /** Gathers small writes. */
  private static final class SequentialOutput implements Output {
    private final StorageFile file;
    private final CRC32C crc = new CRC32C();
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int buffered;
    private long written;
    private boolean closed;

    SequentialOutput(StorageFile file) {
      this.file = file;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (closed) {
        throw StorageException.io("the file is closed: file=" + file.name(), null);
      }
      if (length > buffer.length - buffered) {
        flush();
      }
      if (length > buffer.length) {
        file.write(written, bytes, offset, length);
        written += length;
      } else {
        System.arraycopy(bytes, offset, buffer, buffered, length);
        buffered += length;
      }
      crc.update(bytes, offset, length);
    }

    private void flush() {
      if (buffered > 0) {
        file.write(written, buffer, 0, buffered);
        written += buffered;
        buffered = 0;
      }
    }

    @Override
    public long position() {
      return written + buffered;
    }

    @Override
    public int checksum() {
      return (int) crc.getValue();
    }

    @Override
    public void close() {
      if (closed) {
        return;
      }
      closed = true;
      try (file) {
        flush();
      } finally {
        buffer = new byte[0];
      }
    }
  }

  private record PositionedInput(StorageFile file) implements Input {
    @Override
    public long length() {
      return file.size();
    }

    @Override
    public void read(long position, byte[] target, int offset, int length) {
      file.readFully(position, target, offset, length);
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
