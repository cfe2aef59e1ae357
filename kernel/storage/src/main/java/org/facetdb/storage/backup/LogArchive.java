package org.facetdb.storage.backup;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.log.LogCopy;
import org.facetdb.storage.log.LogHold;
import org.facetdb.storage.log.WriteAheadLog;
import org.facetdb.storage.tree.LsmTree;

/**
 * A folder with every segment that one store's log has closed, each complete, synced and under its
 * name before the store may use its file again. Used by one thread at a time; owns nothing.
 *
 * <p>A failure is the archive's alone: the segments stay in the store, up to the log's limit, and
 * are tried again when the next one is closed.
 */
public final class LogArchive {
  private static final String TEMPORARY = "segment.tmp";
  private static final int TAIL_BYTES = 64 << 10;

  private final FileSystem files;

  public LogArchive(FileSystem files) {
    this.files = files;
  }

  /** Archives what was closed since the last time. */
  public void run(WriteAheadLog log, LsmTree tree) {
    try (LogHold hold = log.hold()) {
      for (LogHold.Part part : hold.unarchived()) {
        files.createDirectories(FileSystem.ROOT);
        if (!has(part)) {
          add(part, tree);
        }
        log.archived(part.number());
      }
    } catch (StorageException e) {
      System.getLogger(LogArchive.class.getName())
          .log(System.Logger.Level.WARNING, "the log is not archived: " + e.getMessage());
    }
  }

  /**
   * Whether a segment is there already.
   *
   * @throws StorageException SQLSTATE 55000 if another one of this number is: the archive belongs
   *     to another store, or to this one before it was restored
   */
  private boolean has(LogHold.Part part) {
    String descriptor = ArchivedSegment.descriptorName(part.number());
    String name = ArchivedSegment.fileName(part.number());
    if (!files.exists(descriptor) || !files.exists(name)) {
      return false;
    }
    ArchivedSegment found = read(descriptor);
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      long size = file.size();
      int length = (int) Math.min(TAIL_BYTES, Math.max(0, found.end() - found.base()));
      byte[] tail = new byte[length];
      if (found.base() != part.base()
          || found.end() != part.end()
          || size != found.length()
          || file.read(size - length, tail, 0, length) != length
          || !Arrays.equals(tail, part.tail(length))) {
        throw new StorageException(
            "55000",
            StorageException.Category.USER,
            "the archive holds another log: file=" + files.describe(name));
      }
    }
    return true;
  }

  private void add(LogHold.Part part, LsmTree tree) {
    byte[] bytes = part.bytes();
    ArchivedSegment segment =
        new ArchivedSegment(
            part.number(),
            part.base(),
            part.end(),
            bytes.length,
            CheckedText.checksum(bytes),
            tree.state());
    write(ArchivedSegment.fileName(part.number()), bytes);
    write(ArchivedSegment.descriptorName(part.number()), segment.encode());
    files.syncDirectory(FileSystem.ROOT, SyncSite.ARCHIVE_NAME);
  }

  private void write(String name, byte[] bytes) {
    files.delete(TEMPORARY);
    try (StorageFile file = files.open(TEMPORARY, FileSystem.Mode.CREATE)) {
      file.write(0, bytes, 0, bytes.length);
      file.sync(SyncSite.ARCHIVE_FILE);
    }
    files.rename(TEMPORARY, name);
  }

  private ArchivedSegment read(String descriptor) {
    try (StorageFile file = files.open(descriptor, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[Math.toIntExact(file.size())];
      file.readFully(0, bytes, 0, bytes.length);
      return ArchivedSegment.decode(files.describe(descriptor), bytes);
    }
  }

  /** The segments from a number on. */
  SortedMap<Long, ArchivedSegment> from(long number) {
    SortedMap<Long, ArchivedSegment> found = new TreeMap<>();
    for (String name : files.list(FileSystem.ROOT)) {
      if (name.endsWith(ArchivedSegment.SUFFIX)
          && name.compareTo(ArchivedSegment.descriptorName(number)) >= 0) {
        ArchivedSegment segment = read(name);
        found.put(segment.number(), segment);
      }
    }
    return found;
  }

  /**
   * Reads a segment.
   *
   * @throws StorageException category {@code CORRUPTION} if it is damaged or missing
   */
  LogCopy copy(ArchivedSegment segment) {
    String name = ArchivedSegment.fileName(segment.number());
    String place = files.describe(name);
    if (!files.exists(name)) {
      throw StorageException.corruption(place, 0, segment.length() + " bytes", "no file");
    }
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      if (file.size() != segment.length()) {
        throw StorageException.corruption(
            place, 0, segment.length() + " bytes", file.size() + " bytes");
      }
      byte[] bytes = new byte[Math.toIntExact(file.size())];
      file.readFully(0, bytes, 0, bytes.length);
      int found = CheckedText.checksum(bytes);
      if (found != segment.checksum()) {
        throw StorageException.corruption(
            place,
            0,
            "crc32c " + CheckedText.hex(segment.checksum()),
            "crc32c " + CheckedText.hex(found));
      }
      return new LogCopy(place, bytes, segment.number());
    }
  }

  /** What messages call the folder. */
  String place() {
    return files.describe(FileSystem.ROOT);
  }
}
