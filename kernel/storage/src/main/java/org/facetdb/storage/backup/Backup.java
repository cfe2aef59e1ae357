package org.facetdb.storage.backup;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.zip.CRC32C;
import org.facetdb.storage.BackupReport;
import org.facetdb.storage.RestorePoint;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.DirectoryLock;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.log.LogHold;
import org.facetdb.storage.log.Timeline;
import org.facetdb.storage.log.TimelineHold;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.manifest.Manifest;
import org.facetdb.storage.tree.manifest.TreeState;
import org.jspecify.annotations.Nullable;

/**
 * Writes one backup of an open store into a folder. Used by one thread, for one run; the store
 * serves meanwhile. What fails leaves store and earlier backups as they were.
 *
 * <p>A file that an earlier backup of the folder has already is not copied again. Tables are known
 * by name, length and their last bytes, which hold their filter, index and directory: so they need
 * not be read. All others are read and compared by checksum.
 */
public final class Backup {
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int TAIL_BYTES = 64 << 10;

  private final BackupSource source;
  private final BackupFolder folder;
  private final long number;
  private final Map<String, List<Descriptor.Entry>> earlier = new HashMap<>();
  private final List<Descriptor.Entry> entries = new ArrayList<>();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int copiedFiles;
  private long copiedBytes;

  private Backup(BackupSource source, BackupFolder folder, SortedMap<Long, Descriptor> backups) {
    this.source = source;
    this.folder = folder;
    this.number = backups.isEmpty() ? 1 : backups.lastKey() + 1;
    for (Descriptor backup : backups.values()) {
      for (Descriptor.Entry entry : backup.files()) {
        earlier.computeIfAbsent(entry.path(), path -> new ArrayList<>()).add(entry);
      }
    }
  }

  /**
   * Backs an open store up, and returns when the backup is complete and synced.
   *
   * @param target the folder, made if absent; it may hold earlier backups
   * @throws StorageException SQLSTATE 55006 if another backup is being written to the folder, 55000
   *     if its newest backup is of another store, or of a future that this one does not have since
   *     it was restored
   */
  public static BackupReport run(BackupSource source, FileSystem target) {
    target.createDirectories(FileSystem.ROOT);
    DirectoryLock lock = target.lockDirectory();
    try {
      BackupFolder folder = new BackupFolder(target);
      SortedMap<Long, Descriptor> backups = folder.backups();
      try (BackupContents contents = BackupContents.hold(source)) {
        requireSameStore(source, folder, backups);
        folder.prepare(backups.values());
        return new Backup(source, folder, backups).write(contents);
      }
    } finally {
      lock.close();
    }
  }

  private static void requireSameStore(
      BackupSource source, BackupFolder folder, SortedMap<Long, Descriptor> backups) {
    if (backups.isEmpty()) {
      return;
    }
    Timeline.Commit last = backups.lastEntry().getValue().last();
    if (last.sequence() > 0 && source.timeline().lacks(last)) {
      throw new StorageException(
          "55000",
          StorageException.Category.USER,
          "the folder holds backups of another database, or of this one before it was restored:"
              + " directory="
              + folder.files().describe(FileSystem.ROOT)
              + " newest="
              + new RestorePoint.Sequence(last.sequence()).text()
              + " at "
              + new RestorePoint.Timestamp(last.timestamp()).text());
    }
  }

  private BackupReport write(BackupContents contents) {
    contents.tree().files().forEach(this::addTable);
    contents.side().files().forEach((path, second) -> addFile(path, second, Long.MAX_VALUE));
    for (TimelineHold.Part part : contents.timeline().parts()) {
      addFile(part.name(), part.name(), part.bytes());
    }
    long newestSegment = 0;
    for (LogHold.Part part : contents.log().through(contents.last().sequence())) {
      addBytes(part.name(), part.bytes());
      newestSegment = part.number();
    }
    // The store may have gone on to segments that the copy does not have.
    addManifest(contents.state().with(List.of(new Change.NewestSegment(newestSegment))));
    Descriptor descriptor =
        new Descriptor(
            contents.last().sequence(),
            contents.last().timestamp(),
            contents.side().directories(),
            entries);
    source.checkOpen().run();
    folder.complete(number, descriptor);
    return report(descriptor, copiedFiles, copiedBytes);
  }

  static BackupReport report(Descriptor descriptor, int copiedFiles, long copiedBytes) {
    return new BackupReport(
        descriptor.sequence(),
        descriptor.timestamp(),
        descriptor.files().size(),
        descriptor.files().stream().mapToLong(Descriptor.Entry::length).sum(),
        copiedFiles,
        copiedBytes);
  }

  private void addTable(String path) {
    source.checkOpen().run();
    try (StorageFile file = source.files().open(path, FileSystem.Mode.READ)) {
      Descriptor.Entry same = null;
      for (Descriptor.Entry entry : earlier.getOrDefault(path, List.of())) {
        if (entry.length() == file.size() && hasTail(entry, file)) {
          same = entry;
        }
      }
      if (same != null) {
        entries.add(same);
      } else {
        copy(path, file, Long.MAX_VALUE);
      }
    }
  }

  private boolean hasTail(Descriptor.Entry entry, StorageFile table) {
    String name = BackupFolder.copyPath(entry.copy());
    if (!folder.files().exists(name)) {
      return false;
    }
    try (StorageFile copy = folder.files().open(name, FileSystem.Mode.READ)) {
      return copy.size() == entry.length() && Arrays.equals(tail(table), tail(copy));
    }
  }

  private static byte[] tail(StorageFile file) {
    int length = (int) Math.min(TAIL_BYTES, file.size());
    byte[] bytes = new byte[length];
    file.readFully(file.size() - length, bytes, 0, length);
    return bytes;
  }

  /** Adds the first bytes of a file, or all of it. */
  private void addFile(String path, String name, long bytes) {
    try (StorageFile file = source.files().open(name, FileSystem.Mode.READ)) {
      long length = Math.min(bytes, file.size());
      if (earlier.containsKey(path)) {
        Descriptor.Entry same = known(path, length, checksum(file, length));
        if (same != null) {
          entries.add(same);
          return;
        }
      }
      copy(path, file, length);
    }
  }

  private void addBytes(String path, byte[] bytes) {
    source.checkOpen().run();
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    Descriptor.Entry same = known(path, bytes.length, (int) crc.getValue());
    if (same != null) {
      entries.add(same);
      return;
    }
    String copy = nextCopy();
    try (StorageFile target = create(copy)) {
      target.write(0, bytes, 0, bytes.length);
      target.sync(SyncSite.BACKUP_FILE);
    }
    added(new Descriptor.Entry(path, copy, bytes.length, (int) crc.getValue()));
  }

  /** The manifest of the held tables and no others, and CURRENT, which is restored last. */
  private void addManifest(TreeState state) {
    MemoryFileSystem memory = MemoryFileSystem.unsynced();
    try (Manifest manifest = Manifest.open(memory, state)) {
      addBytes(manifest.fileName(), bytes(memory, manifest.fileName()));
    }
    addBytes(Manifest.CURRENT, bytes(memory, Manifest.CURRENT));
  }

  private static byte[] bytes(FileSystem files, String name) {
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[Math.toIntExact(file.size())];
      file.readFully(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  private Descriptor.@Nullable Entry known(String path, long length, int checksum) {
    for (Descriptor.Entry entry : earlier.getOrDefault(path, List.of())) {
      if (entry.length() == length
          && entry.checksum() == checksum
          && folder.files().exists(BackupFolder.copyPath(entry.copy()))) {
        return entry;
      }
    }
    return null;
  }

  private int checksum(StorageFile file, long length) {
    CRC32C crc = new CRC32C();
    long position = 0;
    while (position < length) {
      int count = (int) Math.min(buffer.length, length - position);
      source.checkOpen().run();
      file.readFully(position, buffer, 0, count);
      crc.update(buffer, 0, count);
      position += count;
    }
    return (int) crc.getValue();
  }

  private void copy(String path, StorageFile file, long bytes) {
    String copy = nextCopy();
    CRC32C crc = new CRC32C();
    long length = Math.min(bytes, file.size());
    long position = 0;
    try (StorageFile target = create(copy)) {
      while (position < length) {
        int count = (int) Math.min(buffer.length, length - position);
        source.checkOpen().run();
        file.readFully(position, buffer, 0, count);
        crc.update(buffer, 0, count);
        target.write(position, buffer, 0, count);
        position += count;
      }
      target.sync(SyncSite.BACKUP_FILE);
    }
    added(new Descriptor.Entry(path, copy, length, (int) crc.getValue()));
  }

  private String nextCopy() {
    return "%010d-%06d".formatted(number, copiedFiles);
  }

  private StorageFile create(String copy) {
    return folder.files().open(BackupFolder.copyPath(copy), FileSystem.Mode.CREATE);
  }

  private void added(Descriptor.Entry entry) {
    entries.add(entry);
    copiedFiles++;
    copiedBytes += entry.length();
  }
}
