package org.facetdb.storage.fs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.facetdb.storage.StorageException;

/**
 * The lock of a directory: an operating-system lock on its file LOCK, which holds the owner's name
 * as text, and an entry of the same text among this process's system properties.
 *
 * <p>Safe for use by any number of threads. The entry comes first for two reasons: class loaders
 * share the system properties but not statics; and a POSIX lock falls as soon as its process closes
 * any handle of the file, so a second opener of the same process must not even touch LOCK. Where
 * the properties were replaced, the file-lock table of the platform still refuses, and the handle
 * opened in vain stays open on purpose.
 */
final class DiskLock implements DirectoryLock {
  static final String FILE = "LOCK";
  private static final String PROPERTY_PREFIX = "org.facetdb.storage.open:";

  private final String property;
  private final FileChannel channel;
  private final AtomicBoolean closed = new AtomicBoolean();

  private DiskLock(String property, FileChannel channel) {
    this.property = property;
    this.channel = channel;
  }

  static DiskLock take(Path directory) {
    boolean interrupted = Thread.interrupted();
    Path real = directory;
    try {
      real = directory.toRealPath();
      return takeReal(real);
    } catch (IOException e) {
      throw DiskFileSystem.failure("lock", real.resolve(FILE), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static DiskLock takeReal(Path directory) throws IOException {
    String owner =
        "process "
            + ProcessHandle.current().pid()
            + ", since "
            + Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String property = PROPERTY_PREFIX + directory;
    Object holder = System.getProperties().putIfAbsent(property, owner);
    if (holder != null) {
      throw held(directory, holder + " (this process)");
    }
    boolean locked = false;
    try {
      FileChannel channel = lockFile(directory, owner);
      locked = true;
      return new DiskLock(property, channel);
    } finally {
      if (!locked) {
        System.getProperties().remove(property);
      }
    }
  }

  private static FileChannel lockFile(Path directory, String owner) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      throw held(directory, "process " + ProcessHandle.current().pid() + " (this process)");
    }
    if (lock == null) {
      try (channel) {
        ByteBuffer text = ByteBuffer.allocate(256);
        channel.read(text, 0);
        throw held(
            directory,
            new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip());
      }
    }
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap((owner + "\n").getBytes(StandardCharsets.UTF_8)), 0);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static StorageException held(Path directory, String holder) {
    return new StorageException(
        "55006",
        StorageException.Category.USER,
        "database directory is in use: directory="
            + directory
            + " holder="
            + (holder.isEmpty() ? "a process that is just opening it" : holder));
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw StorageException.io("cannot release the lock: " + property, e);
    } finally {
      System.getProperties().remove(property);
    }
  }
}
