package org.facetdb.storage.backup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.facetdb.storage.RestorePoint;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.log.LogCopy;
import org.facetdb.storage.log.LogHold;
import org.facetdb.storage.log.Timeline;
import org.facetdb.storage.tree.manifest.TreeState;
import org.jspecify.annotations.Nullable;

/**
 * A folder with the segments that one store's log has closed, each complete, synced and under its
 * name before the store may use its file again. Used by one thread at a time; owns nothing.
 */
final class LogArchive {
  private static final String TEMPORARY = "segment.tmp";
  private static final Pattern DESCRIPTOR =
      Pattern.compile("[0-9a-f]{16}" + Pattern.quote(ArchivedSegment.SUFFIX));

  private final FileSystem files;

  LogArchive(FileSystem files) {
    this.files = files;
  }

  /**
   * Whether a segment is there already.
   *
   * @param tail the last bytes of its records
   * @throws StorageException SQLSTATE 55000 if another one of this number is: the archive belongs
   *     to another store, or to this one before it was restored
   */
  boolean has(LogHold.Part part, byte[] tail) {
    String descriptor = ArchivedSegment.descriptorName(part.number());
    String name = ArchivedSegment.fileName(part.number());
    if (!files.exists(descriptor) || !files.exists(name)) {
      return false;
    }
    ArchivedSegment found = read(descriptor);
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      byte[] foundTail = new byte[tail.length];
      if (found.base() != part.base()
          || found.end() != part.end()
          || file.size() != found.length()
          || file.read(found.length() - tail.length, foundTail, 0, tail.length) != tail.length
          || !Arrays.equals(tail, foundTail)) {
        throw another(name);
      }
    }
    return true;
  }

  private StorageException another(String name) {
    return new StorageException(
        "55000",
        StorageException.Category.USER,
        "the archive holds another log, of another database or of this one before it was restored:"
            + " file="
            + files.describe(name));
  }

  /**
   * Refuses an archive whose newest commit is none of a store's. What is damaged is passed over: a
   * restore names it.
   *
   * @throws StorageException SQLSTATE 55000
   */
  void requireLogOf(Timeline timeline) {
    for (String descriptor : descriptors(0).reversed()) {
      Timeline.Commit newest = newestOf(descriptor);
      if (newest != null) {
        if (timeline.lacks(newest)) {
          throw another(descriptor);
        }
        return;
      }
    }
  }

  /** The last commit in a segment; null if there is none, or the segment is damaged. */
  private Timeline.@Nullable Commit newestOf(String descriptor) {
    try {
      return copy(read(descriptor)).lastUntil(new RestorePoint.Latest());
    } catch (StorageException e) {
      if (e.category() == StorageException.Category.CORRUPTION) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Adds a segment.
   *
   * @param bytes its header and records
   * @param state a state with the key spaces after its last commit, or later ones
   */
  void add(LogHold.Part part, byte[] bytes, TreeState state) {
    files.createDirectories(FileSystem.ROOT);
    ArchivedSegment segment =
        new ArchivedSegment(
            part.number(),
            part.base(),
            part.end(),
            bytes.length,
            CheckedText.checksum(bytes),
            state);
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

  /**
   * Refuses a folder without a segment, which is another one than was meant.
   *
   * @throws StorageException SQLSTATE 58P01
   */
  void requireSome() {
    if (descriptors(0).isEmpty()) {
      throw new StorageException(
          "58P01",
          StorageException.Category.USER,
          "there is no archived log: directory=" + place());
    }
  }

  /** Names of the descriptors of the segments from a number on, by number. */
  List<String> descriptors(long number) {
    List<String> names = new ArrayList<>(files.list(FileSystem.ROOT));
    names.removeIf(
        name ->
            !DESCRIPTOR.matcher(name).matches()
                || name.compareTo(ArchivedSegment.descriptorName(number)) < 0);
    return names;
  }

  /**
   * Reads what is known of a segment.
   *
   * @throws StorageException category {@code CORRUPTION} if that is damaged
   */
  ArchivedSegment read(String descriptor) {
    String place = files.describe(descriptor);
    try (StorageFile file = files.open(descriptor, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[Math.toIntExact(file.size())];
      file.readFully(0, bytes, 0, bytes.length);
      ArchivedSegment segment = ArchivedSegment.decode(place, bytes);
      String name = ArchivedSegment.descriptorName(segment.number());
      if (!name.equals(descriptor)) {
        throw StorageException.corruption(place, 0, "segment of this name", name);
      }
      return segment;
    }
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
