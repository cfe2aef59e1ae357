package org.facetdb.storage.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.log.LogFormat.SegmentHeader;
import org.facetdb.storage.log.RecordFormat.Before;
import org.facetdb.storage.log.RecordFormat.RecordHeader;
import org.junit.jupiter.api.Test;

/** Full and short records of one segment: written, read back, cut, damaged and left over. */
class RecordFormatTest {
  private static final long NUMBER = 0x1_0000_0007L;
  private static final long BASE = 5_000;
  private static final SegmentHeader HEADER =
      new SegmentHeader(1, NUMBER, BASE, 40, 40, 40, 999, 0, 0);

  /** The bytes of a segment, with what was written into it. */
  private static final class Written {
    private final RecordEncoder encoder = new RecordEncoder(1);
    private final List<RecordHeader> headers = new ArrayList<>();
    private final List<byte[]> payloads = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private byte[] bytes = LogFormat.encode(HEADER);
    private long sequence = HEADER.sequenceFloor();
    private long timestamp = 1_000;
    private long synced = BASE;

    Written() {
      encoder.begin(NUMBER, BASE);
    }

    void add(byte kind, long delta, byte[] payload, int rows) {
      sequence += kind == RecordFormat.CLOSED ? 0 : 1;
      timestamp += delta;
      RecordHeader header =
          new RecordHeader(
              kind,
              RecordFormat.HEADER_BYTES,
              payload.length,
              sequence,
              timestamp,
              synced,
              7,
              9,
              rows,
              kind == RecordFormat.PART ? 3 : 0);
      byte[] head = new byte[RecordFormat.HEADER_BYTES];
      int at = bytes.length;
      int length = encoder.put(head, 0, at, header, payload, 0);
      bytes = Arrays.copyOf(bytes, at + length + payload.length);
      System.arraycopy(head, 0, bytes, at, length);
      System.arraycopy(payload, 0, bytes, at + length, payload.length);
      headers.add(header);
      payloads.add(payload);
      starts.add(at);
    }

    void sync() {
      synced = BASE + bytes.length - LogFormat.HEADER_BYTES;
    }

    boolean isShort(int index) {
      int end = index + 1 < starts.size() ? starts.get(index + 1) : bytes.length;
      return end - starts.get(index) - payloads.get(index).length
          == RecordFormat.SHORT_HEADER_BYTES;
    }
  }

  private static byte[] payload(Random random, int length) {
    byte[] payload = new byte[length];
    random.nextBytes(payload);
    return payload;
  }

  /** A closed segment of short records, and full ones for each reason that there is. */
  private static Written mixed(Random random, int lengthMax) {
    Written written = new Written();
    for (int i = 0; i < 20; i++) {
      if (random.nextInt(4) == 0) {
        written.sync();
      }
      if (random.nextInt(6) == 0) {
        written.encoder.ceilingsChanged();
      }
      int delta = random.nextInt(6) == 0 ? 1 << 24 : 1 + random.nextInt(1 << 24);
      int length = 1 + random.nextInt(lengthMax);
      int rows = 1 + random.nextInt(Math.min(length, 0x7fff));
      written.add(RecordFormat.COMMIT, delta, payload(random, length), rows);
    }
    written.sync();
    written.add(RecordFormat.CLOSED, 0, new byte[0], 0);
    return written;
  }

  /** Reads as far as records hold, and compares each with what was written. */
  private static int read(byte[] bytes, int limit, Written written) {
    Before before = Before.first(HEADER);
    int at = LogFormat.HEADER_BYTES;
    int count = 0;
    RecordHeader record = RecordFormat.decode(bytes, at, limit, at, before);
    while (record != null) {
      RecordHeader expected = written.headers.get(count);
      assertEquals(expected.kind(), record.kind());
      assertEquals(expected.sequence(), record.sequence());
      assertEquals(expected.timestamp(), record.timestamp());
      assertEquals(expected.synced(), record.synced());
      assertEquals(expected.rows(), record.rows());
      boolean isShort = written.isShort(count);
      assertEquals(isShort ? 0 : 7, record.ceilingMillis());
      assertEquals(isShort ? 0 : 9, record.ceilingSequences());
      int payload = at + record.headerBytes();
      assertArrayEquals(
          written.payloads.get(count),
          Arrays.copyOfRange(bytes, payload, payload + record.length()));
      count++;
      at += record.totalBytes();
      before = before.then(record);
      record = RecordFormat.decode(bytes, at, limit, at, before);
    }
    return count;
  }

  @Test
  void recordsOfBothKindsAreReadAsTheyWereWritten() {
    Random random = new Random(Seeds.next(RecordFormatTest.class));
    int shorts = 0;
    for (int i = 0; i < 200; i++) {
      Written written = mixed(random, i % 10 == 0 ? 200_000 : 300);
      assertEquals(21, read(written.bytes, written.bytes.length, written));
      for (int record = 0; record < 21; record++) {
        shorts += written.isShort(record) ? 1 : 0;
      }
    }
    assertTrue(shorts > 1_500 && shorts < 3_500, "short records: " + shorts);
  }

  @Test
  void aRecordIsFullWhereItMustBe() {
    Written written = new Written();
    byte[] small = new byte[50];
    int[] full = {0, 2, 3, 5, 7, 9};
    written.add(RecordFormat.COMMIT, 1, small, 1);
    written.add(RecordFormat.COMMIT, 0xff_ffff, new byte[0xffff], 0x7fff);
    written.encoder.ceilingsChanged();
    written.add(RecordFormat.COMMIT, 1, small, 1);
    written.add(RecordFormat.COMMIT, 0x100_0000, small, 1);
    written.add(RecordFormat.COMMIT, 1, small, 1);
    written.add(RecordFormat.COMMIT, 1, new byte[0x1_0000], 1);
    written.add(RecordFormat.COMMIT, 1, small, 1);
    written.add(RecordFormat.COMMIT, 1, new byte[0xffff], 0x8000);
    written.add(RecordFormat.COMMIT, 1, small, 1);
    written.add(RecordFormat.CLOSED, 0, new byte[0], 0);
    for (int i = 0; i < 10; i++) {
      assertEquals(Arrays.binarySearch(full, i) < 0, written.isShort(i), "record " + i);
    }
    assertEquals(10, read(written.bytes, written.bytes.length, written));
  }

  @Test
  void aSegmentCutAtAnyByteHoldsTheRecordsBeforeIt() {
    Written written = mixed(new Random(Seeds.next(RecordFormatTest.class)), 60);
    int whole = 0;
    for (int limit = LogFormat.HEADER_BYTES; limit <= written.bytes.length; limit++) {
      while (whole + 1 < written.starts.size() && written.starts.get(whole + 1) <= limit) {
        whole++;
      }
      int expected = limit == written.bytes.length ? 21 : whole;
      assertEquals(expected, read(written.bytes, limit, written), "cut at " + limit);
      byte[] zeros = Arrays.copyOf(Arrays.copyOf(written.bytes, limit), written.bytes.length + 70);
      assertTrue(read(zeros, zeros.length, written) >= expected, "zeros from " + limit);
    }
  }

  @Test
  void everyFlippedBitIsFoundInItsRecord() {
    Written written = mixed(new Random(Seeds.next(RecordFormatTest.class)), 60);
    byte[] bytes = written.bytes.clone();
    int damaged = 0;
    for (int i = LogFormat.HEADER_BYTES; i < bytes.length; i++) {
      if (damaged + 1 < written.starts.size() && written.starts.get(damaged + 1) <= i) {
        damaged++;
      }
      for (int bit = 0; bit < 8; bit++) {
        bytes[i] ^= (byte) (1 << bit);
        assertEquals(damaged, read(bytes, bytes.length, written), "bit " + bit + " of byte " + i);
        bytes[i] ^= (byte) (1 << bit);
      }
    }
    assertEquals(20, damaged);
  }

  @Test
  void aRecordIsFoundWithoutWhatComesBeforeItAndOnlyThere() {
    Written written = mixed(new Random(Seeds.next(RecordFormatTest.class)), 300);
    Before anywhere = Before.anywhere(HEADER);
    List<Integer> found = new ArrayList<>();
    for (int i = LogFormat.HEADER_BYTES; i < written.bytes.length; i++) {
      RecordHeader record =
          RecordFormat.decode(written.bytes, i, written.bytes.length, i, anywhere);
      if (record != null) {
        assertEquals(written.headers.get(found.size()).synced(), record.synced());
        found.add(i);
      }
    }
    assertEquals(written.starts, found);
  }

  @Test
  void recordsOfAnotherSegmentOrPlaceAreNone() {
    Written written = mixed(new Random(Seeds.next(RecordFormatTest.class)), 60);
    for (int i = 0; i < written.starts.size(); i++) {
      int at = written.starts.get(i);
      // The low byte of each 256th number is the same.
      for (long number : new long[] {NUMBER + 1, NUMBER + 256, NUMBER - 256, NUMBER + (1L << 32)}) {
        Before other = new Before(number, BASE, 0, 0);
        assertNull(RecordFormat.decode(written.bytes, at, written.bytes.length, at, other));
      }
      if (written.isShort(i)) {
        for (int moved = LogFormat.HEADER_BYTES; moved < 5_000; moved++) {
          RecordHeader record =
              RecordFormat.decode(
                  written.bytes, at, written.bytes.length, moved, Before.anywhere(HEADER));
          assertEquals(moved == at, record != null, "record " + i + " moved to " + moved);
        }
      }
    }
  }

  @Test
  void aShortRecordNeverBeginsASegment() {
    Written written = new Written();
    written.add(RecordFormat.COMMIT, 1, new byte[10], 1);
    written.add(RecordFormat.COMMIT, 1, new byte[10], 1);
    assertTrue(written.isShort(1));
    int at = written.starts.get(1);
    assertNull(
        RecordFormat.decode(written.bytes, at, written.bytes.length, at, Before.first(HEADER)));
  }

  @Test
  void theWorkedExampleHolds() {
    WriteBatch batch = new WriteBatch(64);
    batch.put(1, new byte[] {'k'}, new byte[] {'a', 'b'}, -1L, 0);
    batch.compact();
    byte[] rows = Arrays.copyOfRange(batch.array(), batch.offset(), batch.byteLength());
    assertEquals("010101026b6162", HexFormat.of().formatHex(rows));
    byte[] bytes = new byte[RecordFormat.SHORT_HEADER_BYTES + rows.length];
    RecordHeader header =
        new RecordHeader(RecordFormat.COMMIT, 60, rows.length, 12, 105, 0, 0, 0, 1, 0);
    Before before = new Before(1, 0, 11, 100);
    assertTrue(RecordFormat.fitsShort(header, before));
    RecordFormat.putShort(bytes, 0, header, before, 156, rows, 0);
    System.arraycopy(rows, 0, bytes, RecordFormat.SHORT_HEADER_BYTES, rows.length);
    String hex = HexFormat.of().formatHex(bytes);
    assertEquals("96cca312" + "07000180" + "050000" + "01" + "00000000" + "010101026b6162", hex);
    assertNotEquals(null, RecordFormat.decode(bytes, 0, bytes.length, 156, before));
  }
}
