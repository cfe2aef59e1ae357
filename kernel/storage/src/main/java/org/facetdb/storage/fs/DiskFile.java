package org.facetdb.storage.fs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * One file on disk.
 *
 * <p>Any number of threads read through one shared channel. An interrupt that arrives during a read
 * closes that channel under all of them; whoever notices opens it again and repeats the read, which
 * is why an open file must not be deleted or renamed. Where too many files are open, those that
 * nobody reads give that channel back in the same way. Writes and syncs go through a {@link
 * RandomAccessFile}, which interrupts do not touch, under a lock that keeps position and write
 * together, or to mapped memory, which no interrupt reaches either; reads may come from there, too.
 * What has to be durable at once goes through a second one that waits for the device. A sync
 * through a channel would be unsafe: an interrupt that closes the channel replaces the error of the
 * sync, and Linux reports that error only once.
 *
 * <p>Owns its handles and the mappings.
 */
final class DiskFile implements StorageFile {
  private static final System.Logger LOGGER = System.getLogger(DiskFile.class.getName());

  private final Path path;
  private final Handles handles;
  private final @Nullable RandomAccessFile writer;
  private final ReentrantLock writeLock = new ReentrantLock();
  private final ReentrantLock openLock = new ReentrantLock();
  private volatile @Nullable FileChannel reader;

  /** The file was read since this was last asked; a race loses a mark, and no more. */
  private boolean wasRead;

  private volatile boolean closed;

  /** The first bytes of the file for whoever writes; null where they are not mapped. */
  private @Nullable MappedFile mapped;

  /** Each write through it waits for the device; opened with the first that has to. */
  private @Nullable RandomAccessFile durable;

  /** The bytes of the file for whoever reads; null where they are not mapped. */
  private @Nullable MappedFile readable;

  /** Where the writer stands, -1 if that is not known. */
  private long writerPosition = -1;

  private DiskFile(Path path, Handles handles, @Nullable RandomAccessFile writer) {
    this.path = path;
    this.handles = handles;
    this.writer = writer;
  }

  /** Opens a file that must exist, for reading alone. */
  static DiskFile forReading(Path path, Handles handles) throws IOException {
    DiskFile file = new DiskFile(path, handles, null);
    file.reopen(null);
    return file;
  }

  /** A file that is open for writing, too. */
  static DiskFile forWriting(Path path, Handles handles, RandomAccessFile writer) {
    return new DiskFile(path, handles, writer);
  }

  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public int read(long position, byte[] target, int offset, int length) {
    MappedFile memory = readable;
    if (memory != null) {
      return memory.read(position, target, offset, length);
    }
    boolean interrupted = Thread.interrupted();
    int done = 0;
    try {
      while (done < length) {
        FileChannel channel = reader;
        if (channel == null) {
          channel = reopen(null);
        }
        try {
          ByteBuffer buffer = ByteBuffer.wrap(target, offset + done, length - done);
          int count = channel.read(buffer, position + done);
          if (!wasRead) {
            wasRead = true;
          }
          if (count < 0) {
            break;
          }
          done += count;
        } catch (ClosedChannelException e) {
          interrupted |= Thread.interrupted();
          reopen(channel);
        }
      }
      return done;
    } catch (IOException e) {
      throw DiskFileSystem.failure("read", path, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private FileChannel reopen(@Nullable FileChannel broken) throws IOException {
    FileChannel opened;
    openLock.lock();
    try {
      if (closed) {
        throw new IOException("the file was closed");
      }
      FileChannel current = reader;
      if (current != null && current != broken) {
        return current;
      }
      opened = FileChannel.open(path, StandardOpenOption.READ);
      reader = opened;
      wasRead = true;
    } finally {
      openLock.unlock();
    }
    handles.opened(this);
    if (closed) {
      handles.closed(this);
    }
    return opened;
  }

  /** Whether the file was read since this was last asked. */
  boolean wasRead() {
    boolean read = wasRead;
    wasRead = false;
    return read;
  }

  /** Closes the handle for reading; the next read opens another. */
  void giveHandleBack() {
    openLock.lock();
    try {
      FileChannel channel = reader;
      reader = null;
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.INFO, "a handle was not closed properly: file=" + path, e);
    } finally {
      openLock.unlock();
    }
  }

  private RandomAccessFile writer() {
    RandomAccessFile file = writer;
    if (file == null) {
      throw StorageException.io("file is open for reading only: file=" + path, null);
    }
    return file;
  }

  @Override
  public void write(long position, byte[] source, int offset, int length) {
    RandomAccessFile file = writer();
    MappedFile stored = mapped;
    if (stored != null && position + length <= stored.size()) {
      stored.write(position, source, offset, length);
      return;
    }
    writeLock.lock();
    try {
      if (position != writerPosition) {
        file.seek(position);
      }
      writerPosition = -1;
      file.write(source, offset, length);
      writerPosition = position + length;
    } catch (IOException e) {
      throw DiskFileSystem.failure("write", path, e);
    } finally {
      writeLock.unlock();
    }
  }

  /** Also waits for the device, or the first sync of a record would have to. */
  @Override
  public void reserve(long size) {
    writer();
    long before = size();
    if (before >= size) {
      return;
    }
    try {
      if (!NativeCalls.allocate(path, before, size)) {
        StorageFile.super.reserve(size);
      }
    } catch (IOException e) {
      throw DiskFileSystem.failure("reserve room in", path, e);
    }
    flush("sync");
  }

  @Override
  public void mapForOverwriting() {
    writer();
    remap(MappedFile.map(path, size()));
  }

  @Override
  public void mapForReading() {
    try {
      readable = MappedFile.mapForReading(path, size());
    } catch (StorageException e) {
      LOGGER.log(System.Logger.Level.INFO, "a file is read without a mapping: " + e.getMessage());
    }
  }

  private void remap(@Nullable MappedFile next) {
    MappedFile before = mapped;
    mapped = next;
    if (before != null) {
      before.close();
    }
  }

  @Override
  public void beginWriting(long from, long to) {
    MappedFile written = mapped;
    if (written != null) {
      written.letGo(from, to);
    }
    NativeCalls.beginWriting(path, from, to - from);
  }

  @Override
  public void sync(SyncSite site) {
    MappedFile stored = mapped;
    if (stored != null) {
      stored.sync();
    } else {
      flush("sync");
    }
  }

  /**
   * One call of the operating system for both, which waits for the bytes of this call and leaves
   * the times of the file for later.
   */
  @Override
  public void writeDurably(long position, byte[] source, int offset, int length, SyncSite site) {
    writer();
    writeLock.lock();
    try {
      RandomAccessFile file = durable;
      if (file == null) {
        file = new RandomAccessFile(path.toFile(), "rwd");
        durable = file;
      }
      file.seek(position);
      file.write(source, offset, length);
    } catch (IOException e) {
      throw DiskFileSystem.failure("write", path, e);
    } finally {
      writeLock.unlock();
    }
  }

  private void flush(String operation) {
    try {
      writer().getFD().sync();
    } catch (IOException e) {
      throw DiskFileSystem.failure(operation, path, e);
    }
  }

  @Override
  public long size() {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw DiskFileSystem.failure("read the size", path, e);
    }
  }

  @Override
  public void truncate(long size) {
    RandomAccessFile file = writer();
    remap(null);
    writeLock.lock();
    try {
      writerPosition = -1;
      file.setLength(size);
    } catch (IOException e) {
      throw DiskFileSystem.failure("truncate", path, e);
    } finally {
      writeLock.unlock();
    }
  }

  @Override
  public void close() {
    openLock.lock();
    try {
      closed = true;
      closeAll();
    } catch (IOException e) {
      throw DiskFileSystem.failure("close", path, e);
    } finally {
      openLock.unlock();
      handles.closed(this);
    }
  }

  /** Each, whatever becomes of the others. */
  @SuppressWarnings("try")
  private void closeAll() throws IOException {
    try (RandomAccessFile ofWriter = writer;
        RandomAccessFile ofDurable = durable;
        FileChannel ofReader = reader;
        MappedFile ofReadable = readable) {
      readable = null;
      remap(null);
    }
  }
}
