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
import org.facetdb.storage.tree.table.TableFormat;
import org.jspecify.annotations.Nullable;

/**
 * The checksummed log of edits that says which tables make up the tree, and the durable counters.
 *
 * <p>Used under one lock. Each edit is synced before the next one is written, so only the last one
 * can be torn, and it was then never relied on. Opening writes a new manifest with the whole state
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
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 24;
  private static final int RECORD_BYTES = 12;
  private static final int SECTOR_BYTES = 512;
  private static final byte MASK = (byte) 0xa5;
  private static final long MAGIC = 0x4e414d5445434146L;
  private static final long ROLL_BYTES = 4 << 20;

  private final FileSystem files;
  private long nextFile;
  private String fileName = "";
  private StorageFile file;
  private long position;
  private TreeState state;
  private boolean broken;

  private Manifest(FileSystem files, TreeState state) {
    this.files = files;
    this.nextFile = state.nextFile();
    this.state = state;
    this.file = start();
  }

  private StorageFile start() {
    fileName = name(allocateFile());
    StorageFile started = files.open(fileName, FileSystem.Mode.CREATE);
    state = state.with(List.of(new Change.NextFile(nextFile)));
    return started;
  }

  /** A file number that was never given out; durable with the next edit. */
  public long allocateFile() {
    return nextFile++;
  }

  private static String name(long number) {
    return "%s%010d".formatted(PREFIX, number);
  }

  /** Recovers the state and starts a new manifest with it; a directory without one is new. */
  public static Manifest open(FileSystem files, TreeState ifNew) {
    TreeState state = files.exists(CURRENT) ? read(files) : null;
    if (state == null) {
      requireEmpty(files);
      state = ifNew;
    }
    // A crash may have left the manifest that the state would name next.
    files.delete(name(state.nextFile()));
    Manifest manifest = new Manifest(files, state);
    try {
      manifest.writeAll();
    } catch (Throwable t) {
      manifest.close();
      throw t;
    }
    return manifest;
  }

  private static void requireEmpty(FileSystem files) {
    for (String name : files.list(TableFormat.TABLES)) {
      if (name.endsWith(TableFormat.SUFFIX)) {
        throw StorageException.corruption(
            files.describe(CURRENT), 0, "the name of a manifest", "no file, though tables exist");
      }
    }
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
    TreeState next = state.with(edit);
    broken = true;
    long before = position;
    try {
      write(EditCodec.encode(edit));
      file.sync(SyncSite.MANIFEST_EDIT);
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
      file.truncate(before);
      file.sync(SyncSite.MANIFEST_EDIT);
    } catch (StorageException e) {
      throw StorageException.io("the manifest cannot be cut back: " + e.getMessage(), e);
    }
    position = before;
    broken = false;
  }

  /** Begins another file; where the disk has no room for it, the next edit tries again. */
  private void roll() {
    StorageFile old = file;
    String oldName = fileName;
    long oldPosition = position;
    try {
      file = start();
      writeAll();
    } catch (StorageException e) {
      if (!e.isDiskFull() || !oldName.equals(readCurrent(files))) {
        throw e;
      }
      if (file != old) {
        file.close();
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
    file.write(0, header, 0, header.length);
    position = header.length;
    write(EditCodec.encode(state.asEdit()));
    file.sync(SyncSite.MANIFEST_FILE);
    files.syncDirectory(FileSystem.ROOT, SyncSite.MANIFEST_DIRECTORY);
    String content =
        fileName
            + " "
            + HexFormat.of().toHexDigits(crc(fileName.getBytes(StandardCharsets.US_ASCII), -1))
            + "\n";
    byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
    files.delete(TEMPORARY);
    try (StorageFile temporary = files.open(TEMPORARY, FileSystem.Mode.CREATE)) {
      temporary.write(0, bytes, 0, bytes.length);
      temporary.sync(SyncSite.CURRENT_FILE);
    }
    files.rename(TEMPORARY, CURRENT);
    files.syncDirectory(FileSystem.ROOT, SyncSite.CURRENT_DIRECTORY);
  }

  private void write(byte[] edit) {
    byte[] record = new byte[RECORD_BYTES + edit.length];
    Bytes.putInt(record, 0, edit.length);
    Bytes.putInt(record, 4, headCrc(edit.length, position));
    Bytes.putInt(record, 8, crc(edit, -1));
    System.arraycopy(edit, 0, record, RECORD_BYTES, edit.length);
    mask(record, 0);
    file.write(position, record, 0, record.length);
    position += record.length;
  }

  private static void mask(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      bytes[i] ^= MASK;
    }
  }

  private static int headCrc(int length, long position) {
    byte[] head = new byte[12];
    Bytes.putInt(head, 0, length);
    Bytes.putLong(head, 4, position);
    return crc(head, -1);
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length < 0 ? bytes.length : length);
    return (int) crc.getValue();
  }

  /** The state that CURRENT names, changing nothing. */
  public static TreeState read(FileSystem files) {
    String name = readCurrent(files);
    if (!files.exists(name)) {
      throw StorageException.corruption(files.describe(name), 0, "a manifest", "no file");
    }
    String place = files.describe(name);
    byte[] bytes;
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      bytes = new byte[Math.toIntExact(file.size())];
      file.readFully(0, bytes, 0, bytes.length);
    }
    if (bytes.length < HEADER_BYTES || Bytes.getLong(bytes, 0) != MAGIC) {
      throw StorageException.corruption(place, 0, "FACETMAN", bytes.length + " other bytes");
    }
    expect(place, 20, Bytes.getInt(bytes, 20), crc(bytes, 20));
    if (Bytes.getInt(bytes, 8) != VERSION) {
      throw StorageException.corruption(
          place, 8, "format version " + VERSION, "format version " + Bytes.getInt(bytes, 8));
    }
    mask(bytes, HEADER_BYTES);
    TreeState state = TreeState.empty();
    int at = HEADER_BYTES;
    while (at < bytes.length) {
      List<Change> edit = record(place, bytes, at);
      if (edit == null) {
        requireNoRecordAfter(place, bytes, at);
        break;
      }
      state = state.with(edit);
      at += RECORD_BYTES + Bytes.getInt(bytes, at);
    }
    if (at == HEADER_BYTES) {
      throw StorageException.corruption(place, at, "a first record", "none that is whole");
    }
    return state;
  }

  private static String readCurrent(FileSystem files) {
    try (StorageFile file = files.open(CURRENT, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[Math.toIntExact(Math.min(file.size(), 4096))];
      file.readFully(0, bytes, 0, bytes.length);
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      int space = text.indexOf(' ');
      String name = space < 0 ? "" : text.substring(0, space);
      String sum =
          HexFormat.of().toHexDigits(crc(name.getBytes(StandardCharsets.ISO_8859_1), -1)) + "\n";
      if (!name.startsWith(PREFIX) || !text.substring(space + 1).equals(sum)) {
        throw StorageException.corruption(
            files.describe(CURRENT),
            0,
            "a manifest's name and its checksum",
            text.isEmpty() ? "nothing" : text.strip());
      }
      return name;
    }
  }

  /** The edit of the record at an offset, null if the record is torn. */
  private static @Nullable List<Change> record(String place, byte[] bytes, int at) {
    if (at + RECORD_BYTES > bytes.length) {
      return null;
    }
    int length = Bytes.getInt(bytes, at);
    int headSum = headCrc(length, at);
    if (Bytes.getInt(bytes, at + 4) != headSum) {
      if (lacksSector(bytes, at, at + 8)) {
        return null;
      }
      expect(place, at + 4L, Bytes.getInt(bytes, at + 4), headSum);
    }
    int start = at + RECORD_BYTES;
    if (length > bytes.length - start) {
      return null;
    }
    byte[] edit = new byte[length];
    System.arraycopy(bytes, start, edit, 0, length);
    int sum = crc(edit, -1);
    if (Bytes.getInt(bytes, at + 8) != sum) {
      if (lacksSector(bytes, at, start + length)) {
        return null;
      }
      expect(place, at + 8L, Bytes.getInt(bytes, at + 8), sum);
    }
    try {
      return EditCodec.decode(edit);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw StorageException.corruption(place, start, "an edit", String.valueOf(e.getMessage()));
    }
  }

  private static void requireNoRecordAfter(String place, byte[] bytes, int torn) {
    for (int at = torn + 1; at + RECORD_BYTES <= bytes.length; at++) {
      int length = Bytes.getInt(bytes, at);
      if (length > 0 && Bytes.getInt(bytes, at + 4) == headCrc(length, at)) {
        throw StorageException.corruption(
            place, torn, "a record before the one at offset " + at, "none that is whole");
      }
    }
  }

  /** Whether some sector's part of a range was never written. */
  private static boolean lacksSector(byte[] bytes, int from, int to) {
    int start = from;
    while (start < to) {
      int end = Math.min(to, (start / SECTOR_BYTES + 1) * SECTOR_BYTES);
      boolean zeros = true;
      for (int i = start; i < end && zeros; i++) {
        zeros = bytes[i] == MASK;
      }
      if (zeros) {
        return true;
      }
      start = end;
    }
    return false;
  }

  private static void expect(String place, long offset, int stored, int computed) {
    if (stored != computed) {
      throw StorageException.corruption(
          place,
          offset,
          "crc32c 0x" + HexFormat.of().toHexDigits(stored),
          "crc32c 0x" + HexFormat.of().toHexDigits(computed) + " of the bytes");
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
