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
import org.facetdb.storage.StorageException;

/**
 * The bytes of a file on disk as memory: a write is a copy, and outlives the process like any other
 * that the operating system was given.
 *
 * <p>Used by one thread at a time. Others that read the file through a channel see what was
 * written. Owns the mapping and no handle, since a mapping outlives the channel it was made by.
 */
final class MappedFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final MemorySegment bytes;

  private MappedFile(Path path, Arena arena, MemorySegment bytes) {
    this.path = path;
    this.arena = arena;
    this.bytes = bytes;
  }

  /** Maps the first bytes of a file that has them. */
  static MappedFile map(Path path, long size) {
    Arena arena = Arena.ofShared();
    boolean interrupted = false;
    try {
      while (true) {
        interrupted |= Thread.interrupted();
        try (FileChannel channel =
            FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
          return new MappedFile(
              path, arena, channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena));
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

  void write(long position, byte[] source, int offset, int length) {
    try {
      MemorySegment.copy(source, offset, bytes, ValueLayout.JAVA_BYTE, position, length);
    } catch (InternalError e) {
      // The machine could not bring in the page.
      throw StorageException.io("write to mapped memory failed: file=" + path, e);
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
