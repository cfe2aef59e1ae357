package org.facetdb.storage.backup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.facetdb.storage.BackupReport;
import org.facetdb.storage.RestorePoint;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.DirectoryLock;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.log.LogCopy;
import org.facetdb.storage.log.Timeline;
import org.facetdb.storage.tree.manifest.Manifest;
import org.facetdb.storage.tree.manifest.TreeState;

/**
 * Makes a store out of a backup. Used by one thread. Every byte is verified on its way. A directory
 * in which a restore was cut short carries a mark, and does not open.
 */
public final class Restore {
  /** Stands in a directory from before the first restored file until after the last one. */
  private static final String MARK = "RESTORING";

  private static final String LOCK = "LOCK";
  private static final String LOG = "log";
  private static final String SIDE = "side/";
  private static final String SEGMENT = ".log";
  private static final int BUFFER_BYTES = 256 << 10;

  private final BackupFolder folder;
  private final FileSystem target;
  private final TreeSet<String> directories = new TreeSet<>(List.of(FileSystem.ROOT));
  private final byte[] buffer = new byte[BUFFER_BYTES];

  private Restore(BackupFolder folder, FileSystem target) {
    this.folder = folder;
    this.target = target;
  }

  /**
   * Restores the newest backup of a folder, and returns when all is synced.
   *
   * @throws StorageException SQLSTATE 58P01 if there is no complete backup, 55000 if the target is
   *     not empty; category {@code CORRUPTION} with file, offset, expected and found if a file of
   *     the backup is damaged or missing
   */
  public static BackupReport run(FileSystem from, FileSystem target) {
    BackupFolder folder = new BackupFolder(from);
    Descriptor newest = folder.complete().lastEntry().getValue();
    return report(newest, locked(target, () -> new Restore(folder, target).restore(newest)));
  }

  /**
   * Restores exactly up to a moment, from the newest backup that does not lie after it, and the
   * archived log.
   *
   * @throws StorageException as the other; SQLSTATE 58P01 also if the archive has no segment, 22023
   *     if all backups lie after the moment, 55000 if the archive lacks a segment, ends before the
   *     moment or belongs to another store. In all these cases, and where the archive is damaged,
   *     the target is as it was
   */
  public static BackupReport run(
      FileSystem from, FileSystem archive, RestorePoint until, FileSystem target) {
    BackupFolder folder = new BackupFolder(from);
    Descriptor base = before(folder, until);
    requireEmpty(target);
    Restore restore = new Restore(folder, target);
    Replaced replaced = restore.replaced(base);
    LogArchive log = new LogArchive(archive);
    log.requireSome();
    // What is refused here leaves the target as it is.
    replay(base, replaced, log, until, (number, bytes) -> {});
    return report(base, locked(target, () -> restore.restore(base, replaced, log, until)));
  }

  private static Timeline.Commit locked(FileSystem target, Supplier<Timeline.Commit> restore) {
    requireEmpty(target);
    target.createDirectories(FileSystem.ROOT);
    DirectoryLock lock = target.lockDirectory();
    try {
      requireEmpty(target);
      return restore.get();
    } finally {
      lock.close();
    }
  }

  private static BackupReport report(Descriptor backup, Timeline.Commit last) {
    long bytes = backup.files().stream().mapToLong(Descriptor.Entry::length).sum();
    int files = backup.files().size();
    return new BackupReport(last.sequence(), last.timestamp(), files, bytes, files, bytes);
  }

  private static Descriptor before(BackupFolder folder, RestorePoint until) {
    Descriptor found = null;
    long first = Long.MAX_VALUE;
    for (Descriptor backup : folder.complete().values()) {
      first = Math.min(first, backup.timestamp());
      boolean after = until.isBefore(backup.sequence(), backup.timestamp());
      if (!after && (found == null || backup.sequence() >= found.sequence())) {
        found = backup;
      }
    }
    if (found == null) {
      throw new StorageException(
          "22023",
          StorageException.Category.USER,
          "all backups lie after the moment: moment="
              + until.text()
              + " first="
              + new RestorePoint.Timestamp(first).text()
              + " directory="
              + folder.files().describe(FileSystem.ROOT));
    }
    return found;
  }

  private static void requireEmpty(FileSystem target) {
    List<String> names = new ArrayList<>(target.list(FileSystem.ROOT));
    names.remove(LOCK);
    if (!names.isEmpty()) {
      throw new StorageException(
          "55000",
          StorageException.Category.USER,
          "a restore needs an empty directory: directory="
              + target.describe(FileSystem.ROOT)
              + " found="
              + names.getFirst());
    }
  }

  /**
   * Refuses a directory in which a restore did not come to its end.
   *
   * @throws StorageException SQLSTATE 55000
   */
  public static void requireComplete(FileSystem files) {
    if (files.exists(MARK)) {
      throw new StorageException(
          "55000",
          StorageException.Category.USER,
          "a restore into this directory did not end, empty it and restore again: directory="
              + files.describe(FileSystem.ROOT));
    }
  }

  private Timeline.Commit restore(Descriptor descriptor) {
    begin();
    descriptor.directories().forEach(this::make);
    descriptor.files().forEach(entry -> make(parent(entry.path())));
    descriptor.files().forEach(entry -> copy(entry, target));
    end();
    return descriptor.last();
  }

  /**
   * What a restore to a moment does not take over from the backup as it is.
   *
   * @param state what the backup's manifest says
   * @param number of the last segment
   */
  private record Replaced(TreeState state, long number, LogCopy lastSegment) {}

  private Replaced replaced(Descriptor base) {
    MemoryFileSystem files = MemoryFileSystem.unsynced();
    files.createDirectories(LOG);
    Descriptor.Entry segment = lastSegment(base);
    for (Descriptor.Entry entry : base.files()) {
      if (isManifest(entry) || entry == segment) {
        copy(entry, files);
      }
    }
    String place = folder.files().describe(BackupFolder.copyPath(segment.copy()));
    long number = number(segment);
    byte[] bytes = bytes(files, segment.path());
    return new Replaced(Manifest.read(files), number, new LogCopy(place, bytes, number));
  }

  private static boolean isManifest(Descriptor.Entry entry) {
    return entry.path().indexOf('/') < 0;
  }

  private static ArchiveReplay replay(
      Descriptor base,
      Replaced replaced,
      LogArchive archive,
      RestorePoint until,
      BiConsumer<Long, byte[]> out) {
    ArchiveReplay replay = new ArchiveReplay(archive, until, base.last(), replaced.state());
    replay.run(replaced.number(), replaced.lastSegment(), out);
    return replay;
  }

  /** Restores all but the last segment and the manifest from the backup, and these by replay. */
  private Timeline.Commit restore(
      Descriptor base, Replaced replaced, LogArchive archive, RestorePoint until) {
    begin();
    make(LOG);
    ArchiveReplay replay =
        replay(
            base, replaced, archive, until, (number, bytes) -> write(segmentPath(number), bytes));
    boolean asBackedUp = replay.last().sequence() == base.sequence();
    if (asBackedUp) {
      base.directories().forEach(this::make);
    }
    Descriptor.Entry lastSegment = lastSegment(base);
    for (Descriptor.Entry entry : base.files()) {
      // Files of indexes belong to the moment of the backup: at another one, their owners make new.
      boolean taken = asBackedUp || !entry.path().startsWith(SIDE);
      if (taken && !isManifest(entry) && entry != lastSegment) {
        make(parent(entry.path()));
        copy(entry, target);
      }
    }
    MemoryFileSystem written = MemoryFileSystem.unsynced();
    try (Manifest made = Manifest.open(written, replay.state())) {
      write(made.fileName(), bytes(written, made.fileName()));
    }
    write(Manifest.CURRENT, bytes(written, Manifest.CURRENT));
    end();
    return replay.last();
  }

  private static Descriptor.Entry lastSegment(Descriptor backup) {
    return backup.files().stream()
        .filter(entry -> entry.path().startsWith(LOG + "/") && entry.path().endsWith(SEGMENT))
        .max(Comparator.comparing(Descriptor.Entry::path))
        .orElseThrow(() -> new IllegalStateException("a backup has a segment"));
  }

  private static long number(Descriptor.Entry segment) {
    String path = segment.path();
    return Long.parseUnsignedLong(
        path.substring(LOG.length() + 1, path.length() - SEGMENT.length()), 16);
  }

  private static String segmentPath(long number) {
    return LOG + "/" + "%016x".formatted(number) + SEGMENT;
  }

  private static byte[] bytes(FileSystem files, String name) {
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[Math.toIntExact(file.size())];
      file.readFully(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  private void write(String path, byte[] bytes) {
    try (StorageFile file = target.open(path, FileSystem.Mode.CREATE)) {
      file.write(0, bytes, 0, bytes.length);
      file.sync(SyncSite.RESTORE_FILE);
    }
  }

  private void begin() {
    target.open(MARK, FileSystem.Mode.CREATE).close();
    target.syncDirectory(FileSystem.ROOT, SyncSite.RESTORE_BEGIN);
  }

  private void end() {
    directories.forEach(name -> target.syncDirectory(name, SyncSite.RESTORE_DIRECTORY));
    target.delete(MARK);
    target.syncDirectory(FileSystem.ROOT, SyncSite.RESTORE_END);
  }

  private void make(String directory) {
    if (directories.add(directory)) {
      make(parent(directory));
      target.createDirectories(directory);
    }
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? FileSystem.ROOT : path.substring(0, slash);
  }

  private void copy(Descriptor.Entry entry, FileSystem to) {
    String name = BackupFolder.copyPath(entry.copy());
    String place = folder.files().describe(name);
    if (!folder.files().exists(name)) {
      throw StorageException.corruption(place, 0, entry.length() + " bytes", "no file");
    }
    CRC32C crc = new CRC32C();
    try (StorageFile file = folder.files().open(name, FileSystem.Mode.READ);
        StorageFile restored = to.open(entry.path(), FileSystem.Mode.CREATE)) {
      if (file.size() != entry.length()) {
        throw StorageException.corruption(
            place, 0, entry.length() + " bytes", file.size() + " bytes");
      }
      long position = 0;
      while (position < entry.length()) {
        int count = (int) Math.min(buffer.length, entry.length() - position);
        file.readFully(position, buffer, 0, count);
        crc.update(buffer, 0, count);
        restored.write(position, buffer, 0, count);
        position += count;
      }
      if ((int) crc.getValue() != entry.checksum()) {
        throw StorageException.corruption(
            place,
            0,
            "crc32c " + CheckedText.hex(entry.checksum()),
            "crc32c " + CheckedText.hex((int) crc.getValue()));
      }
      restored.sync(SyncSite.RESTORE_FILE);
    }
  }
}
