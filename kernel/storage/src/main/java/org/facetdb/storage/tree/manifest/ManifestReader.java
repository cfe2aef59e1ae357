package org.facetdb.storage.tree.manifest;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.tree.table.TableFormat;
import org.jspecify.annotations.Nullable;

/** Reads CURRENT and the manifest that it names, and changes nothing. Stateless. */
final class ManifestReader {
  private static final int OLDEST_VERSION = 1;
  private static final int SECTOR_BYTES = 512;
  private static final int CURRENT_BYTES_MAX = 4096;
  private static final Pattern NAME = Pattern.compile(Manifest.PREFIX + "[0-9]{10,19}");
  private static final Pattern CHECKSUM = Pattern.compile("([0-9a-f]{8})\n");

  private ManifestReader() {}

  /** The state that CURRENT names; null in a directory that never had one. */
  static @Nullable TreeState readIfAny(FileSystem files) {
    if (files.exists(Manifest.CURRENT)) {
      return read(files);
    }
    requireNoneWithout(files);
    return null;
  }

  /** Refuses files of a tree where CURRENT is missing. */
  static void requireNoneWithout(FileSystem files) {
    for (String name : files.list(TableFormat.TABLES)) {
      if (name.endsWith(TableFormat.SUFFIX)) {
        throw missingCurrent(files, "no file, though tables exist");
      }
    }
    for (String name : files.list(FileSystem.ROOT)) {
      // The first one may be what a crash left of a directory that was being made.
      if (NAME.matcher(name).matches() && !name.equals(Manifest.name(1))) {
        throw missingCurrent(files, "no file, though " + name + " exists");
      }
    }
  }

  private static StorageException missingCurrent(FileSystem files, String found) {
    return StorageException.corruption(
        files.describe(Manifest.CURRENT), 0, "the name of a manifest", found);
  }

  /** The state that CURRENT names. */
  static TreeState read(FileSystem files) {
    String name = readCurrent(files);
    if (!files.exists(name)) {
      throw StorageException.corruption(files.describe(name), 0, "a manifest", "no file");
    }
    String place = files.describe(name);
    byte[] bytes = readAll(files, name, Integer.MAX_VALUE - 64);
    readHeader(place, bytes);
    Manifest.mask(bytes, Manifest.HEADER_BYTES);
    TreeState state = TreeState.empty();
    int at = Manifest.HEADER_BYTES;
    while (at < bytes.length) {
      List<Change> edit = record(place, bytes, at);
      if (edit == null) {
        requireNoRecordAfter(place, bytes, at);
        break;
      }
      state = state.with(edit);
      at += Manifest.RECORD_BYTES + Bytes.getInt(bytes, at);
    }
    if (at == Manifest.HEADER_BYTES) {
      throw StorageException.corruption(place, at, "a first record", "none that is whole");
    }
    return state;
  }

  private static byte[] readAll(FileSystem files, String name, int bytesMax) {
    try (StorageFile file = files.open(name, FileSystem.Mode.READ)) {
      byte[] bytes = new byte[(int) Math.min(file.size(), bytesMax)];
      file.readFully(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  private static void readHeader(String place, byte[] bytes) {
    if (bytes.length < Manifest.HEADER_BYTES) {
      throw StorageException.corruption(
          place,
          bytes.length,
          Manifest.HEADER_BYTES + " bytes of a header",
          bytes.length + " bytes");
    }
    if (Bytes.getLong(bytes, 0) != Manifest.MAGIC) {
      throw StorageException.corruption(place, 0, "FACETMAN", "other bytes");
    }
    expect(place, 20, Bytes.getInt(bytes, 20), Manifest.crc(bytes, 20));
    int version = Bytes.getInt(bytes, 8);
    if (version < OLDEST_VERSION || version > Manifest.VERSION) {
      throw StorageException.unknownFormat(place, 8, OLDEST_VERSION, Manifest.VERSION, version);
    }
  }

  /** The name of the manifest in force. */
  static String readCurrent(FileSystem files) {
    String place = files.describe(Manifest.CURRENT);
    byte[] bytes = readAll(files, Manifest.CURRENT, CURRENT_BYTES_MAX);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Matcher name = NAME.matcher(text);
    if (!name.lookingAt() || !text.startsWith(" ", name.end())) {
      throw StorageException.corruption(
          place, 0, "a manifest's name and a space", text.isEmpty() ? "nothing" : text.strip());
    }
    String rest = text.substring(name.end() + 1);
    Matcher sum = CHECKSUM.matcher(rest);
    String expected = Manifest.checksumOf(name.group());
    if (!sum.matches() || !expected.equals(sum.group(1))) {
      throw StorageException.corruption(
          place,
          name.end() + 1L,
          "the checksum " + expected + " of the name and a newline",
          rest.isEmpty() ? "nothing" : rest.strip());
    }
    return name.group();
  }

  /** The edit of the record at an offset, null if the record is torn. */
  private static @Nullable List<Change> record(String place, byte[] bytes, int at) {
    if (at + Manifest.RECORD_BYTES > bytes.length) {
      return null;
    }
    int length = Bytes.getInt(bytes, at);
    int headSum = Manifest.headCrc(length, at);
    if (Bytes.getInt(bytes, at + 4) != headSum) {
      if (lacksSector(bytes, at, at + 8)) {
        return null;
      }
      expect(place, at + 4L, Bytes.getInt(bytes, at + 4), headSum);
    }
    int start = at + Manifest.RECORD_BYTES;
    if (length > bytes.length - start) {
      return null;
    }
    byte[] edit = new byte[length];
    System.arraycopy(bytes, start, edit, 0, length);
    int sum = Manifest.crc(edit, -1);
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
    for (int at = torn + 1; at + Manifest.RECORD_BYTES <= bytes.length; at++) {
      int length = Bytes.getInt(bytes, at);
      if (length > 0 && Bytes.getInt(bytes, at + 4) == Manifest.headCrc(length, at)) {
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
        zeros = bytes[i] == Manifest.MASK;
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
}
