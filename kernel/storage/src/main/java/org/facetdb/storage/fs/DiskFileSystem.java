package org.facetdb.storage.fs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The files below one directory of the operating system.
 *
 * <p>Safe for use by any number of threads. Interrupts neither fail a call nor close a file: files
 * are written and synced through {@link RandomAccessFile}, which knows no interrupts, and read
 * through channels that are opened again when an interrupt has closed them. A directory can only be
 * synced through a channel, so that runs on a thread of its own, which nobody interrupts: an
 * interrupt there could hide that the sync failed.
 */
public final class DiskFileSystem implements FileSystem {
  /** So many tables of 32 MB are read without opening one twice. */
  private static final int READERS_MAX = 512;

  private final Path root;
  private final Handles handles;

  /** The directory is made with the first {@link #createDirectories}. */
  public DiskFileSystem(Path root) {
    this(root, READERS_MAX);
  }

  /**
   * As the other one.
   *
   * @param readersMax how many files are open for reading at once, about; others are opened again
   *     when they are read
   */
  DiskFileSystem(Path root, int readersMax) {
    this.root = root.toAbsolutePath().normalize();
    this.handles = new Handles(readersMax);
  }

  private Path path(String name) {
    return name.isEmpty() ? root : root.resolve(name);
  }

  @Override
  public StorageFile open(String name, Mode mode) {
    Path path = path(name);
    try {
      return switch (mode) {
        case READ -> DiskFile.forReading(path, handles);
        // A count of its own, which is never too many.
        case HOLD -> DiskFile.forReading(path, new Handles(Integer.MAX_VALUE));
        case WRITE -> {
          if (!Files.exists(path)) {
            throw StorageException.io("file does not exist: file=" + path, null);
          }
          yield DiskFile.forWriting(path, handles, new RandomAccessFile(path.toFile(), "rw"));
        }
        case CREATE -> {
          Files.createFile(path);
          yield DiskFile.forWriting(path, handles, new RandomAccessFile(path.toFile(), "rw"));
        }
      };
    } catch (IOException e) {
      throw failure("open", path, e);
    }
  }

  @Override
  public boolean exists(String name) {
    return Files.exists(path(name));
  }

  @Override
  public List<String> list(String directory) {
    Path path = path(directory);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        names.add(entry.getFileName().toString());
      }
    } catch (IOException e) {
      throw failure("list", path, e);
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public boolean isDirectory(String name) {
    return Files.isDirectory(path(name));
  }

  @Override
  public void createDirectories(String directory) {
    Path path = path(directory);
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw failure("create directory", path, e);
    }
  }

  @Override
  public void rename(String from, String to) {
    try {
      Files.move(
          path(from),
          path(to),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failure("rename", path(from), e);
    }
  }

  @Override
  public void delete(String name) {
    try {
      Files.deleteIfExists(path(name));
    } catch (IOException e) {
      throw failure("delete", path(name), e);
    }
  }

  @Override
  public void deleteDirectory(String name) {
    try {
      Files.deleteIfExists(path(name));
    } catch (IOException e) {
      throw failure("delete directory", path(name), e);
    }
  }

  @Override
  public void link(String from, String to) {
    Path source = path(from);
    Path target = path(to);
    try {
      try {
        Files.createLink(target, source);
      } catch (FileAlreadyExistsException | NoSuchFileException e) {
        throw e;
      } catch (UnsupportedOperationException | FileSystemException e) {
        Files.copy(source, target);
      }
    } catch (IOException e) {
      throw failure("link", target, e);
    }
  }

  @Override
  public Path localPath(String name) {
    return path(name);
  }

  @Override
  public void syncDirectory(String directory, SyncSite site) {
    Path path = path(directory);
    AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
    Thread worker =
        Thread.ofPlatform()
            .name("facetdb-directory-sync")
            .start(
                () -> {
                  try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                    channel.force(true);
                  } catch (Throwable e) {
                    failed.set(e);
                  }
                });
    joinUninterruptibly(worker);
    Throwable cause = failed.get();
    if (cause instanceof IOException io) {
      throw failure("sync directory", path, io);
    }
    if (cause != null) {
      throw StorageException.io("cannot sync directory: directory=" + path, cause);
    }
  }

  private static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public DirectoryLock lockDirectory() {
    return DiskLock.take(root);
  }

  @Override
  public String describe(String name) {
    return path(name).toString();
  }

  static StorageException failure(String operation, Path path, IOException cause) {
    String reason = StorageException.reason(cause);
    String message = "cannot " + operation + ": file=" + path + " reason=" + reason;
    String text = String.valueOf(cause.getMessage());
    if (text.contains("No space left") || text.contains("Disk quota exceeded")) {
      return new StorageException("53100", StorageException.Category.RESOURCE, message, cause);
    }
    return StorageException.io(message, cause);
  }
}
