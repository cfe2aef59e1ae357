package org.facetdb.spi.type;

import java.util.Arrays;

/**
 * A growing buffer for memcomparable keys. Not thread-safe; reused from key to key with {@link
 * #reset}. Integers are written big-endian.
 */
public final class KeyWriter {
  private byte[] bytes;
  private int length;

  public KeyWriter(int capacity) {
    bytes = new byte[capacity];
  }

  public KeyWriter() {
    this(64);
  }

  private void reserve(int count) {
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }

  public void writeByte(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
  }

  public void writeShort(int value) {
    writeByte(value >>> 8);
    writeByte(value);
  }

  public void writeInt(int value) {
    reserve(4);
    bytes[length++] = (byte) (value >>> 24);
    bytes[length++] = (byte) (value >>> 16);
    bytes[length++] = (byte) (value >>> 8);
    bytes[length++] = (byte) value;
  }

  public void writeLong(long value) {
    writeInt((int) (value >>> 32));
    writeInt((int) value);
  }

  public void writeBytes(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  /** Complements the bytes from {@code start}, which turns ascending into descending order. */
  public void invertFrom(int start) {
    for (int i = start; i < length; i++) {
      bytes[i] = (byte) ~bytes[i];
    }
  }

  public int length() {
    return length;
  }

  /** The buffer itself, valid in [0, length) until the next write. */
  public byte[] buffer() {
    return bytes;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  public void reset() {
    length = 0;
  }

  /** Cuts back to an earlier length. */
  public void truncate(int newLength) {
    length = newLength;
  }
}
