package org.facetdb.storage.tree.manifest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.fs.SyncSite;
import org.facetdb.storage.tree.entry.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The checksummed log of edits that says which tables make up the tree, and the durable counters.
 *
 * <p>Used under one lock. Each edit is synced before the next one is written, so only the last one
 * can be torn, and it was then never relied on. Starting writes a new manifest with the whole state
 * and lets CURRENT name it. Owns its open file.
 *
 * <pre>
 *  CURRENT  = name of a manifest | ' ' | crc32c of the name, 8 hex digits | '\n'
 *  manifest = header | record ...
 *  header (24 bytes) = magic "FACETMAN":8 | version:4 | key id:4 | 0:4 | crc of bytes 0 to 19:4
 *  record   = length:4 | crc of length and position:4 | crc of edit:4 | edit, see EditCodec
 *
 *  Records are stored with each byte XORed with 0xa5, so that zeros are bytes never written. A
 *  record that does not hold is torn, and cut, only if a 512-byte sector's part of it is missing or
 *  zero and no record follows; otherwise it was whole once, and the manifest is damaged.
 * </pre>
 */
public final class Manifest implements AutoCloseable {
  /** The file that names the manifest. */
  public static final String CURRENT = "CURRENT";

  public static final String PREFIX = "MANIFEST-";
  private static final String TEMPORARY = "CURRENT.tmp";

  /** What is written; 1, which did not know of the log, and 2, of runs, are read as well. */
  static final int VERSION = 3;

  static final int HEADER_BYTES = 24;
  static final int RECORD_BYTES = 12;
  static final byte MASK = (byte) 0xa5;
  static final long MAGIC = 0x4e414d5445434146L;
  private static final long ROLL_BYTES = 4 << 20;

  private final FileSystem files;
  private long nextFile;
  private String fileName = "";
  private @Nullable StorageFile file;
  private long position;
  private TreeState state;
  private long newestSegment;
  private boolean broken;

  private Manifest(FileSystem files, TreeState state) {
    this.files = files;
    this.nextFile = state.nextFile();
    this.state = state;
    this.newestSegment = state.newestSegment();
  }

  private StorageFile create() {
    fileName = name(allocateFile());
    StorageFile created = files.open(fileName, FileSystem.Mode.CREATE);
    state = state.with(List.of(new Change.NextFile(nextFile)));
    return created;
  }

  /** A file number that was never given out; durable with the next edit. */
  public long allocateFile() {
    return nextFile++;
  }

  static String name(long number) {
    return "%s%010d".formatted(PREFIX, number);
  }

  /**
   * Reads CURRENT alone.
   *
   * @throws StorageException category {@code CORRUPTION} if it does not name a manifest, or is
   *     missing where files of a tree are
   */
  public static void requireCurrent(FileSystem files) {
    if (files.exists(CURRENT)) {
      ManifestReader.readCurrent(files);
    } else {
      ManifestReader.requireNoneWithout(files);
    }
  }

  /** Recovers the state and starts a new manifest with it; a directory without one is new. */
  public static Manifest open(FileSystem files, TreeState ifNew) {
    Manifest manifest = recover(files, ifNew);
    manifest.start();
    return manifest;
  }

  /** Recovers the state and changes nothing; edits can be appended after {@link #start}. */
  public static Manifest recover(FileSystem files, TreeState ifNew) {
    TreeState state = ManifestReader.readIfAny(files);
    return new Manifest(files, state == null ? ifNew : state);
  }

  /** Writes the whole state to a new file, and lets CURRENT name it. */
  public void start() {
    if (nextFile > 1) {
      // A killed process may have left CURRENT under a name that no sync has reached. A crash that
      // takes it, and leaves the manifest made here, must not look as if CURRENT were lost.
      files.syncDirectory(FileSystem.ROOT, SyncSite.CURRENT_DIRECTORY);
    }
    // A crash may have left the manifest that the state would name next.
    files.delete(name(nextFile));
    try {
      file = create();
      writeAll();
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  private StorageFile file() {
    StorageFile started = file;
    if (started == null) {
      throw new IllegalStateException("the manifest is not started");
    }
    return started;
  }

  /** A segment of the log came into use; durable with the next edit. */
  public void noteSegment(long number) {
    newestSegment = Math.max(newestSegment, number);
  }

  /** Name of the manifest's own file. */
  public String fileName() {
    return fileName;
  }

  /** The state after the last edit. */
  public TreeState state() {
    return state;
  }

  /**
   * Makes changes durable as one edit; the state holds them when this returns.
   *
   * @throws StorageException SQLSTATE 53100 where the disk is full: the edit is surely not in the
   *     manifest, which is used on; any other failure leaves that open, and is final
   */
  public void append(List<Change> changes) {
    if (broken) {
      throw StorageException.io("an earlier write of the manifest failed: " + fileName, null);
    }
    List<Change> edit = new ArrayList<>(changes);
    edit.add(new Change.NextFile(nextFile));
    if (newestSegment > state.newestSegment()) {
      edit.add(new Change.NewestSegment(newestSegment));
    }
    TreeState next = state.with(edit);
    broken = true;
    long before = position;
    try {
      write(EditCodec.encode(edit));
      file().sync(SyncSite.MANIFEST_EDIT);
    } catch (StorageException e) {
      if (e.isDiskFull()) {
        cutBack(before);
      }
      throw e;
    }
    state = next;
    if (position > ROLL_BYTES) {
      roll();
    }
    broken = false;
  }

  /** Takes an edit back whose write ran out of space. */
  private void cutBack(long before) {
    try {
      file().truncate(before);
      file().sync(SyncSite.MANIFEST_EDIT);
    } catch (StorageException e) {
      throw StorageException.io("the manifest cannot be cut back: " + e.getMessage(), e);
    }
    position = before;
    broken = false;
  }

  /** Begins another file; where the disk has no room for it, the next edit tries again. */
  private void roll() {
    StorageFile old = file();
    String oldName = fileName;
    long oldPosition = position;
    try {
      file = create();
      writeAll();
    } catch (StorageException e) {
      if (!e.isDiskFull() || !oldName.equals(ManifestReader.readCurrent(files))) {
        throw e;
      }
      if (file() != old) {
        file().close();
      }
      files.delete(fileName);
      fileName = oldName;
      file = old;
      position = oldPosition;
      return;
    }
    old.close();
    files.delete(oldName);
  }

  private void writeAll() {
    byte[] header = new byte[HEADER_BYTES];
    Bytes.putLong(header, 0, MAGIC);
    Bytes.putInt(header, 8, VERSION);
    Bytes.putInt(header, 20, crc(header, 20));
    file().write(0, header, 0, header.length);
    position = header.length;
    write(EditCodec.encode(state.asEdit()));
    file().sync(SyncSite.MANIFEST_FILE);
    files.syncDirectory(FileSystem.ROOT, SyncSite.MANIFEST_DIRECTORY);
    String content = fileName + " " + checksumOf(fileName) + "\n";
    byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
    files.delete(TEMPORARY);
    try (StorageFile temporary = files.open(TEMPORARY, FileSystem.Mode.CREATE)) {
      temporary.write(0, bytes, 0, bytes.length);
      temporary.sync(SyncSite.CURRENT_FILE);
    }
    files.rename(TEMPORARY, CURRENT);
    files.syncDirectory(FileSystem.ROOT, SyncSite.CURRENT_DIRECTORY);
  }

  static String checksumOf(String name) {
    return HexFormat.of().toHexDigits(crc(name.getBytes(StandardCharsets.US_ASCII), -1));
  }

  private void write(byte[] edit) {
    byte[] record = new byte[RECORD_BYTES + edit.length];
    Bytes.putInt(record, 0, edit.length);
    Bytes.putInt(record, 4, headCrc(edit.length, position));
    Bytes.putInt(record, 8, crc(edit, -1));
    System.arraycopy(edit, 0, record, RECORD_BYTES, edit.length);
    mask(record, 0);
    file().write(position, record, 0, record.length);
    position += record.length;
  }

  static void mask(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      bytes[i] ^= MASK;
    }
  }

  static int headCrc(int length, long position) {
    byte[] head = new byte[12];
    Bytes.putInt(head, 0, length);
    Bytes.putLong(head, 4, position);
    return crc(head, -1);
  }

  static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length < 0 ? bytes.length : length);
    return (int) crc.getValue();
  }

  /**
   * The error of a manifest that lost an edit: a key space is used that it does not know.
   *
   * @param keySpace id that the manifest has never given out
   */
  public static StorageException lostEdit(FileSystem files, int keySpace) {
    String name = ManifestReader.readCurrent(files);
    try (StorageFile manifest = files.open(name, FileSystem.Mode.READ)) {
      return StorageException.corruption(
          files.describe(name),
          manifest.size(),
          "the edit that made key space " + keySpace,
          "the end of the file");
    }
  }

  /** The state that CURRENT names, changing nothing. */
  public static TreeState read(FileSystem files) {
    return ManifestReader.read(files);
  }

  @Override
  public void close() {
    StorageFile started = file;
    if (started != null) {
      started.close();
    }
  }
}
