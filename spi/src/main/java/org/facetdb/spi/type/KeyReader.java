package org.facetdb.spi.type;

import org.facetdb.spi.DatabaseException;

/**
 * Reads memcomparable keys. While {@linkplain #setInverted inverted} every byte is complemented,
 * which undoes {@link KeyWriter#invertFrom}. Not thread-safe; reused with {@link #reset}.
 */
public final class KeyReader {
  private byte[] bytes = new byte[0];
  private int position;
  private int end;
  private int mask;

  public KeyReader() {}

  public KeyReader reset(byte[] source, int offset, int length) {
    bytes = source;
    position = offset;
    end = offset + length;
    mask = 0;
    return this;
  }

  public void setInverted(boolean inverted) {
    mask = inverted ? 0xff : 0;
  }

  public int readByte() {
    if (position >= end) {
      throw new DatabaseException(
          "XX001",
          DatabaseException.Category.CORRUPTION,
          "a key ends before its columns do: offset=" + position);
    }
    return (bytes[position++] & 0xff) ^ mask;
  }

  public int readShort() {
    int high = readByte();
    return high << 8 | readByte();
  }

  public int readInt() {
    int high = readShort();
    return high << 16 | readShort();
  }

  public long readLong() {
    long high = readInt();
    return high << 32 | (readInt() & 0xffffffffL);
  }

  public int position() {
    return position;
  }

  public int remaining() {
    return end - position;
  }
}
