package org.facetdb.storage.txn;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.tree.manifest.Manifest;
import org.facetdb.storage.tree.table.TableFormat;
import org.jspecify.annotations.Nullable;

/**
 * Tells a store from a directory of somebody else, in which nothing may be written. Stateless.
 *
 * <p>CURRENT is durable before the first file of the log is made. So a directory without it is a
 * store that lost it where it has such a file; where it has none, the store was never complete, and
 * a first open that was cut short has left but a few names.
 */
final class StoreDirectory {
  private static final String LOCK = "LOCK";

  /** How the text in LOCK begins; it may be empty still. */
  private static final String OWNER = "process ";

  private static final Pattern LOG_FILE =
      Pattern.compile("[0-9a-f]{16}\\.(log|timeline)|spare-[0-9a-f]{8,16}");

  private static final Pattern LEFT_BY_A_FIRST_OPEN =
      Pattern.compile("LOCK|CURRENT\\.tmp|MANIFEST-[0-9]{10,19}|RESTORING|log|tables");

  private StoreDirectory() {}

  /** Whether there is a store, sound or damaged. */
  static boolean holdsStore(FileSystem files) {
    return files.exists(Manifest.CURRENT) || logFile(files) != null;
  }

  /**
   * Refuses what is neither a store nor a place for a new one. Writes nothing, and needs no lock.
   *
   * @throws StorageException SQLSTATE 55000 that names a file which is none of a store's; category
   *     {@code CORRUPTION} if CURRENT cannot be read, or is missing in a store
   */
  static void requireStoreOrRoom(FileSystem files) {
    requireManifest(files);
    Manifest.requireCurrent(files);
    if (files.exists(Manifest.CURRENT)) {
      return;
    }
    for (String name : files.list(FileSystem.ROOT)) {
      if (!LEFT_BY_A_FIRST_OPEN.matcher(name).matches()) {
        throw foreign(files, name);
      }
    }
    for (String directory : List.of(StoreRecovery.LOG_DIRECTORY, TableFormat.TABLES)) {
      for (String name : files.list(directory)) {
        throw foreign(files, directory + "/" + name);
      }
    }
    if (files.exists(LOCK) && !isOwnersText(files)) {
      throw foreign(files, LOCK);
    }
  }

  /**
   * Refuses a directory that has a log and no manifest.
   *
   * @throws StorageException category {@code CORRUPTION}
   */
  static void requireManifest(FileSystem files) {
    String log = logFile(files);
    if (log != null && !files.exists(Manifest.CURRENT)) {
      throw StorageException.corruption(
          files.describe(Manifest.CURRENT),
          0,
          "the name of a manifest",
          "no file, though " + StoreRecovery.LOG_DIRECTORY + "/" + log + " exists");
    }
  }

  private static @Nullable String logFile(FileSystem files) {
    List<String> names = files.list(StoreRecovery.LOG_DIRECTORY);
    return names.stream().filter(n -> LOG_FILE.matcher(n).matches()).findFirst().orElse(null);
  }

  private static boolean isOwnersText(FileSystem files) {
    byte[] text = new byte[OWNER.length()];
    try (StorageFile lock = files.open(LOCK, FileSystem.Mode.READ)) {
      int length = (int) Math.min(text.length, lock.size());
      lock.read(0, text, 0, length);
      return length == 0
          || OWNER.startsWith(new String(text, 0, length, StandardCharsets.US_ASCII));
    }
  }

  private static StorageException foreign(FileSystem files, String name) {
    return new StorageException(
        "55000",
        StorageException.Category.USER,
        "the directory holds no database and is not empty: directory="
            + files.describe(FileSystem.ROOT)
            + " found="
            + name);
  }
}
