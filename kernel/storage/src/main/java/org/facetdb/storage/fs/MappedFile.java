package org.facetdb.storage.fs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import org.facetdb.storage.StorageException;

/**
 * The bytes of a file on disk as memory: a read is a copy, and so is a write, which outlives the
 * process like any other that the operating system was given.
 *
 * <p>Any number of threads may read; one at a time writes. Others that read the file through a
 * channel see what was written. Where the machine cannot bring in a page, since the device failed
 * or somebody cut the file, the signal becomes an {@link InternalError} of Java's, and that a
 * failure of the call. Owns the mapping and no handle, since a mapping outlives the channel it was
 * made by.
 */
final class MappedFile implements AutoCloseable {
  private static final long PAGE_BYTES = 4096;
  private static final Set<StandardOpenOption> READING = Set.of(StandardOpenOption.READ);
  private static final Set<StandardOpenOption> WRITING =
      Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final Path path;
  private final Arena arena;
  private final MemorySegment bytes;

  private MappedFile(Path path, Arena arena, MemorySegment bytes) {
    this.path = path;
    this.arena = arena;
    this.bytes = bytes;
  }

  /** Maps the first bytes of a file that has them, for writing too. */
  static MappedFile map(Path path, long size) {
    return map(path, size, FileChannel.MapMode.READ_WRITE, WRITING);
  }

  /** Maps the first bytes of a file that has them, for reading alone. */
  static MappedFile mapForReading(Path path, long size) {
    return map(path, size, FileChannel.MapMode.READ_ONLY, READING);
  }

  private static MappedFile map(
      Path path, long size, FileChannel.MapMode mode, Set<StandardOpenOption> options) {
    Arena arena = Arena.ofShared();
    boolean interrupted = false;
    try {
      while (true) {
        interrupted |= Thread.interrupted();
        try (FileChannel channel = FileChannel.open(path, options)) {
          return new MappedFile(path, arena, channel.map(mode, 0, size, arena));
        } catch (ClosedByInterruptException e) {
          interrupted = true;
        }
      }
    } catch (IOException e) {
      arena.close();
      throw DiskFileSystem.failure("map", path, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  long size() {
    return bytes.byteSize();
  }

  /** Reads up to so many bytes; returns how many, fewer only at the end of what is mapped. */
  int read(long position, byte[] target, int offset, int length) {
    int count = Math.clamp(bytes.byteSize() - position, 0, length);
    if (count == 0) {
      return 0;
    }
    try {
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, position, target, offset, count);
      awaitFault();
    } catch (InternalError e) {
      throw StorageException.io("read of mapped memory failed: file=" + path, e);
    }
    return count;
  }

  void write(long position, byte[] source, int offset, int length) {
    try {
      MemorySegment.copy(source, offset, bytes, ValueLayout.JAVA_BYTE, position, length);
      awaitFault();
    } catch (InternalError e) {
      // The machine could not bring in the page.
      throw StorageException.io("write to mapped memory failed: file=" + path, e);
    }
  }

  /**
   * Java throws the error of a page that could not be brought in where the thread next stops for
   * the virtual machine, which in compiled code may be in the caller, far behind. A call of native
   * code, and this is a cheap one, makes it stop here.
   */
  private void awaitFault() {
    Thread.holdsLock(this);
  }

  /** The whole pages in [from, to) will not be touched soon. */
  void letGo(long from, long to) {
    long first = (from + PAGE_BYTES - 1) & -PAGE_BYTES;
    long end = Math.min(to, bytes.byteSize()) & -PAGE_BYTES;
    if (first < end) {
      NativeCalls.unmapPages(bytes.asSlice(first, end - first));
    }
  }

  /** Returns when all that was written is on the device; the times of the file need not be. */
  void sync() {
    try {
      bytes.force();
    } catch (UncheckedIOException e) {
      throw DiskFileSystem.failure("sync", path, Objects.requireNonNull(e.getCause()));
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
