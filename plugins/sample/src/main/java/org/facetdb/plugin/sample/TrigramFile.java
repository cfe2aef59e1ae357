package org.facetdb.plugin.sample;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexStore;

/**
 * The file of a checkpoint. Numbers are big-endian and signed:
 *
 * <pre>
 * file  = magic:int32 count:int32 entry* crc:int32
 * entry = rowId:int64 begin:int64 end:int64 trigrams:int32 trigram:int64*
 * </pre>
 *
 * {@code magic} is {@link #MAGIC}, {@code end} is {@link Long#MAX_VALUE} while the text holds, the
 * trigrams ascend, and {@code crc} is the CRC-32C of all bytes before it. Row 7 with the text
 * {@code abc} since time 5 is a file of 48 bytes:
 *
 * <pre>
 * 54524731 00000001
 * 0000000000000007 0000000000000005 7fffffffffffffff 00000001 0000006100620063
 * </pre>
 *
 * and four bytes of checksum.
 */
final class TrigramFile {
  static final int FORMAT = 1;

  /** {@code TRG1} in ASCII. */
  static final int MAGIC = 0x54524731;

  private static final int HEADER_BYTES = 8;
  private static final int ENTRY_BYTES = 28;
  private static final int CRC_BYTES = 4;

  private TrigramFile() {}

  static void write(IndexStore store, String name, Postings.EntryList entries) {
    long length = HEADER_BYTES + CRC_BYTES;
    for (int i = 0; i < entries.size(); i++) {
      length += ENTRY_BYTES + 8L * entry(entries, i).trigrams.length;
    }
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(length));
    out.putInt(MAGIC).putInt(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entry(entries, i);
      out.putLong(entry.rowId).putLong(entry.begin).putLong(entry.end);
      out.putInt(entry.trigrams.length);
      for (long trigram : entry.trigrams) {
        out.putLong(trigram);
      }
    }
    out.putInt(crc(out.array(), out.position()));
    try (IndexStore.Output file = store.create(name)) {
      file.write(out.array(), 0, out.position());
    }
  }

  private static Entry entry(Postings.EntryList entries, int index) {
    return Objects.requireNonNull(entries.get(index, Integer.MAX_VALUE));
  }

  /**
   * Hands over the entries.
   *
   * @throws DatabaseException category CORRUPTION if the file isn't what was written
   */
  static void read(IndexStore store, String name, Consumer<Entry> sink) {
    byte[] bytes;
    try (IndexStore.Input file = store.open(name)) {
      bytes = new byte[Math.toIntExact(file.length())];
      file.read(0, bytes, 0, bytes.length);
    }
    int end = bytes.length - CRC_BYTES;
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (end < HEADER_BYTES || in.getInt(end) != crc(bytes, end) || in.getInt() != MAGIC) {
      throw new DatabaseException(
          "XX001",
          DatabaseException.Category.CORRUPTION,
          "a trigram file has its magic number and its checksum: file="
              + name
              + " bytes="
              + bytes.length);
    }
    for (int count = in.getInt(); count > 0; count--) {
      long rowId = in.getLong();
      long begin = in.getLong();
      long until = in.getLong();
      long[] trigrams = new long[in.getInt()];
      for (int i = 0; i < trigrams.length; i++) {
        trigrams[i] = in.getLong();
      }
      sink.accept(new Entry(rowId, begin, until, trigrams));
    }
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
