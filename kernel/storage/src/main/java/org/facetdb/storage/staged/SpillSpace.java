package org.facetdb.storage.staged;

import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;

/**
 * Where transactions put writes for which they have no memory: files of a directory of the store,
 * each of one transaction, and gone with it. Safe for use by any number of threads; owns nothing.
 */
public final class SpillSpace {
  private static final String DIRECTORY = "spill";

  private static final int BATCH_BYTES_MIN = 64;
  private static final int BATCH_BYTES_MAX = 1 << 20;

  private final FileSystem files;
  private final WriteBudget budget;
  private final long spillBytes;
  private final AtomicLong lastNumber = new AtomicLong();

  /**
   * @param budget what the writes of all transactions may take of the heap
   * @param spillBytes heap that one transaction's writes take before they go to a file
   */
  public SpillSpace(FileSystem files, WriteBudget budget, long spillBytes) {
    this.files = files;
    this.budget = budget;
    this.spillBytes = spillBytes;
  }

  /** Deletes what a crash left: no transaction outlives its process. */
  public static void sweep(FileSystem files) {
    for (String name : files.list(DIRECTORY)) {
      files.delete(DIRECTORY + "/" + name);
    }
  }

  /** Closes and deletes a file. What fails is no failure of its transaction: an open sweeps. */
  static void discard(FileSystem files, String name, StorageFile file) {
    try {
      file.close();
      files.delete(name);
    } catch (StorageException e) {
      System.getLogger(SpillSpace.class.getName())
          .log(System.Logger.Level.WARNING, "a file of spilled writes stays: " + e.getMessage());
    }
  }

  FileSystem files() {
    return files;
  }

  WriteBudget budget() {
    return budget;
  }

  long spillBytes() {
    return spillBytes;
  }

  /** Bytes of a batch, unless one row has more. */
  int batchBytes() {
    long share = Math.min(spillBytes, budget.mostBytes()) / 4;
    return Math.clamp(share, BATCH_BYTES_MIN, BATCH_BYTES_MAX);
  }

  /** A name that no file has. */
  String nextName() {
    files.createDirectories(DIRECTORY);
    return DIRECTORY + "/" + String.format("%016x", lastNumber.incrementAndGet());
  }
}
