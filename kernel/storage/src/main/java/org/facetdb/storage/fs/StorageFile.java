package org.facetdb.storage.fs;

import org.facetdb.storage.StorageException;

/**
 * An open file, read and written at positions.
 *
 * <p>Any number of threads may read; one thread at a time writes, syncs or truncates. An interrupt
 * of a calling thread neither fails the call nor closes the file for others, and stays pending. A
 * file that is open must not be deleted or renamed, because it may have to be opened again by its
 * name.
 */
public interface StorageFile extends AutoCloseable {
  /** The name that the file was opened by. */
  String name();

  /**
   * Reads up to {@code length} bytes.
   *
   * @return how many were read; fewer than asked only at the end of the file
   */
  int read(long position, byte[] target, int offset, int length);

  /**
   * Reads exactly {@code length} bytes.
   *
   * @throws StorageException category {@code CORRUPTION} if the file ends before
   */
  default void readFully(long position, byte[] target, int offset, int length) {
    int count = read(position, target, offset, length);
    if (count < length) {
      throw StorageException.corruption(
          name(), position, length + " bytes", count + " bytes before the end of the file");
    }
  }

  /** Writes bytes at a position, growing the file where it ends before. */
  void write(long position, byte[] source, int offset, int length);

  /**
   * Makes the file at least {@code size} bytes large, the new ones zeros, so that later writes only
   * overwrite: the disk has given the room.
   */
  default void reserve(long size) {
    byte[] zeros = new byte[(int) Math.min(1 << 16, Math.max(1, size))];
    long position = size();
    while (position < size) {
      int count = (int) Math.min(zeros.length, size - position);
      write(position, zeros, 0, count);
      position += count;
    }
  }

  /**
   * Makes later writes within the present size cheap, and syncs those of data alone. The file must
   * hold its bytes already, on the device too: what cannot be stored there any more ends the
   * mapping's owner. A truncation ends it.
   */
  default void mapForOverwriting() {}

  /**
   * Has later reads copy from memory instead of calling the operating system, for a file whose
   * bytes nobody changes any more; where memory for that is refused, they go on as before. Called
   * before other threads have the file. Closing it ends the mapping, so nobody may read then or
   * later.
   */
  default void mapForReading() {}

  /**
   * Has the device begin with bytes that were written, so that a later {@link #sync} waits for less
   * of them; promises nothing. They are not expected to be touched soon. By the writing thread
   * alone.
   */
  default void beginWriting(long from, long to) {}

  /** Returns when all bytes written before are on the device. */
  void sync(SyncSite site);

  /**
   * Writes bytes within the present size, and returns when they are on the device; others that were
   * written before need not be. Where a file system can do this in one step it is quicker than a
   * write and a {@link #sync}.
   */
  default void writeDurably(long position, byte[] source, int offset, int length, SyncSite site) {
    write(position, source, offset, length);
    sync(site);
  }

  /** Size in bytes. */
  long size();

  /** Cuts the file to {@code size} bytes. */
  void truncate(long size);

  @Override
  void close();
}
