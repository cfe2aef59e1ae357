package org.facetdb.storage.log;

import org.facetdb.storage.log.RecordFormat.Before;
import org.facetdb.storage.log.RecordFormat.RecordHeader;

/**
 * Writes the headers of the records of a log, short where that says all there is to say.
 *
 * <p>Used by one thread at a time. Invariant: what a short record leaves out is what the last full
 * record of the same segment says. Owns nothing.
 */
final class RecordEncoder {
  private final int term;
  private Before before = new Before(0, 0, 0, Before.NONE);
  private boolean fullNext = true;

  RecordEncoder(int term) {
    this.term = term;
  }

  /** The next record is the first of a segment. */
  void begin(long number, long base) {
    before = new Before(number, base, 0, Before.NONE);
    fullNext = true;
  }

  /** The ceilings are others than those of the record before. */
  void ceilingsChanged() {
    fullNext = true;
  }

  /**
   * Writes the header of a record whose payload lies in another array.
   *
   * @param position of the record in its file
   * @return the header's length
   */
  int put(byte[] target, int at, long position, RecordHeader header, byte[] payload, int from) {
    boolean full = fullNext || !RecordFormat.fitsShort(header, before);
    if (full) {
      RecordFormat.putFull(target, at, header, before.number(), term, payload, from);
      fullNext = false;
    } else {
      RecordFormat.putShort(target, at, header, before, position, payload, from);
    }
    before = before.then(header);
    return full ? RecordFormat.HEADER_BYTES : RecordFormat.SHORT_HEADER_BYTES;
  }
}
