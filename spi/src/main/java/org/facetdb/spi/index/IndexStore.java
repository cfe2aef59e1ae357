package org.facetdb.spi.index;

import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Named files that are written once, from begin to end, and never changed. The plug-in writes them;
 * the kernel syncs those that a checkpoint names, and verifies their checksums before it opens the
 * index again. Files that no checkpoint names are gone after a restart. Thread-safe.
 */
public interface IndexStore {
  /**
   * A new file.
   *
   * @param name of letters, digits, {@code _}, {@code -} and {@code .}; not in use
   */
  Output create(String name);

  /**
   * Opens a file that is closed for writing.
   *
   * @throws org.facetdb.spi.DatabaseException 58P01 if there is none
   */
  Input open(String name);

  /** Length of a file in bytes. */
  long length(String name);

  /**
   * Where a closed file lies on a disk, so that it can be mapped into memory; null where the
   * database isn't on one. The file must not be changed.
   */
  @Nullable Path localPath(String name);

  /**
   * Lets a file go. It can't be opened any more; its bytes stay for as long as the last committed
   * checkpoint names it or an input is open.
   */
  void delete(String name);

  /** Names of the files that were created and not deleted. */
  Set<String> list();

  /** A file being written, by one thread. */
  interface Output extends AutoCloseable {
    void write(byte[] source, int offset, int length);

    /** Bytes written so far. */
    long position();

    @Override
    void close();
  }

  /** A file being read, by any number of threads. */
  interface Input extends AutoCloseable {
    long length();

    /** Reads exactly {@code length} bytes from {@code position} on. */
    void read(long position, byte[] target, int offset, int length);

    @Override
    void close();
  }
}
