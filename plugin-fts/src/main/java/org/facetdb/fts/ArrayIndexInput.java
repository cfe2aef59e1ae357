package org.facetdb.fts;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.RandomAccessInput;

/**
 * Reads a part of an array as a file of Lucene's. Clones and slices share the array and have
 * positions of their own; each is used by one thread at a time.
 */
final class ArrayIndexInput extends IndexInput implements RandomAccessInput {
  private static final VarHandle SHORTS = view(short[].class);
  private static final VarHandle INTS = view(int[].class);
  private static final VarHandle LONGS = view(long[].class);

  private final byte[] array;
  private final int begin;
  private final int end;
  private int at;

  ArrayIndexInput(String name, byte[] array) {
    this(name, array, 0, array.length);
  }

  private ArrayIndexInput(String name, byte[] array, int begin, int end) {
    super(name);
    this.array = array;
    this.begin = begin;
    this.end = end;
    this.at = begin;
  }

  private static VarHandle view(Class<?> type) {
    return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
  }

  /** Moves on over some bytes, and returns where they begin. */
  private int take(int bytes) throws EOFException {
    int from = at;
    if (bytes > end - from) {
      throw pastEnd(from - begin);
    }
    at = from + bytes;
    return from;
  }

  private EOFException pastEnd(long position) {
    return new EOFException(
        "read past the end: position=" + position + " length=" + length() + " file=" + this);
  }

  private int index(long position, int bytes) throws EOFException {
    if (position < 0 || position > length() - bytes) {
      throw pastEnd(position);
    }
    return begin + (int) position;
  }

  @Override
  public byte readByte() throws EOFException {
    return array[take(1)];
  }

  @Override
  public void readBytes(byte[] target, int offset, int length) throws EOFException {
    System.arraycopy(array, take(length), target, offset, length);
  }

  @Override
  public short readShort() throws EOFException {
    return (short) SHORTS.get(array, take(Short.BYTES));
  }

  @Override
  public int readInt() throws EOFException {
    return (int) INTS.get(array, take(Integer.BYTES));
  }

  @Override
  public long readLong() throws EOFException {
    return (long) LONGS.get(array, take(Long.BYTES));
  }

  @Override
  public void skipBytes(long count) throws IOException {
    if (count < 0) {
      throw new IllegalArgumentException("a negative number of bytes: " + count);
    }
    seek(getFilePointer() + count);
  }

  @Override
  public byte readByte(long position) throws EOFException {
    return array[index(position, 1)];
  }

  @Override
  public void readBytes(long position, byte[] target, int offset, int length) throws EOFException {
    System.arraycopy(array, index(position, length), target, offset, length);
  }

  @Override
  public short readShort(long position) throws EOFException {
    return (short) SHORTS.get(array, index(position, Short.BYTES));
  }

  @Override
  public int readInt(long position) throws EOFException {
    return (int) INTS.get(array, index(position, Integer.BYTES));
  }

  @Override
  public long readLong(long position) throws EOFException {
    return (long) LONGS.get(array, index(position, Long.BYTES));
  }

  @Override
  public long getFilePointer() {
    return at - begin;
  }

  @Override
  public void seek(long position) throws EOFException {
    at = index(position, 0);
  }

  @Override
  public long length() {
    return end - begin;
  }

  @Override
  public ArrayIndexInput clone() {
    ArrayIndexInput copy = (ArrayIndexInput) super.clone();
    copy.at = at;
    return copy;
  }

  @Override
  public IndexInput slice(String description, long offset, long length) {
    if (offset < 0 || length < 0 || offset > length() - length) {
      throw new IllegalArgumentException(
          "no such slice: offset=" + offset + " length=" + length + " file=" + this);
    }
    int from = begin + (int) offset;
    return new ArrayIndexInput(
        getFullSliceDescription(description), array, from, from + (int) length);
  }

  @Override
  public RandomAccessInput randomAccessSlice(long offset, long length) {
    return (RandomAccessInput) slice("random access", offset, length);
  }

  @Override
  public void close() {}
}
