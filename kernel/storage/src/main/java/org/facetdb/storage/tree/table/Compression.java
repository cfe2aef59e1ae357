package org.facetdb.storage.tree.table;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * The codes of compression, and LZ4 blocks, by the native library where the process may load it and
 * by safe Java elsewhere; both read what the other wrote. Safe for use by any number of threads.
 */
final class Compression {
  static final byte NONE = 0;
  static final byte LZ4 = 1;

  /** LZ4 of a data or index block in the order of {@link ColumnOrder}; from version 4 on. */
  static final byte COLUMNS_LZ4 = 2;

  /** A zstd frame; from version 5 on. */
  static final byte ZSTD = 3;

  /** zstd of a data block in the order of {@link ColumnOrder}; from version 5 on. */
  static final byte COLUMNS_ZSTD = 4;

  /** LZ4 reaches no more; zstd would, so a block that it makes smaller is stored with LZ4. */
  private static final int RATIO_MAX = 255;

  /** What a zstd frame may take beyond what LZ4 does. */
  private static final int ZSTD_BOUND_BYTES = 64;

  private static final System.Logger LOGGER = System.getLogger(Compression.class.getName());
  private static final LZ4Factory FACTORY = load();
  private static final LZ4Compressor COMPRESSOR = FACTORY.fastCompressor();
  private static final LZ4SafeDecompressor DECOMPRESSOR = FACTORY.safeDecompressor();

  private Compression() {}

  private static LZ4Factory load() {
    if (!LZ4Factory.class.getModule().isNativeAccessEnabled()) {
      // Trying would print the JDK's warnings in a process that did not ask for native code.
      return LZ4Factory.safeInstance();
    }
    try {
      return LZ4Factory.nativeInstance();
    } catch (LinkageError | RuntimeException e) {
      LOGGER.log(
          System.Logger.Level.INFO,
          "LZ4 runs in Java, not natively: give module org.lz4.java native access; cause={0}",
          e.getMessage());
      return LZ4Factory.safeInstance();
    }
  }

  /** Whether the native library is used. */
  static boolean isNative() {
    return FACTORY.toString().contains("JNI");
  }

  /** Whether tables of a version have blocks of this compression. */
  static boolean isKnown(byte compression, int version) {
    return compression >= NONE
        && compression <= (version >= 5 ? COLUMNS_ZSTD : version == 4 ? COLUMNS_LZ4 : LZ4);
  }

  /** Whether a block of this compression is in the order of {@link ColumnOrder}. */
  static boolean isByPosition(byte compression) {
    return compression == COLUMNS_LZ4 || compression == COLUMNS_ZSTD;
  }

  /** What messages call it. */
  static String name(byte compression) {
    return compression >= ZSTD ? "zstd" : "LZ4";
  }

  /** Whether compressed bytes may stand for so many: no block says that it is larger. */
  static boolean isBounded(int rawLength, int storedLength) {
    return rawLength >= 0 && rawLength <= (long) storedLength * RATIO_MAX;
  }

  static int maxCompressedLength(int length) {
    return COMPRESSOR.maxCompressedLength(length) + ZSTD_BOUND_BYTES;
  }

  static int compress(byte[] source, int offset, int length, byte[] target, int targetOffset) {
    return COMPRESSOR.compress(
        source, offset, length, target, targetOffset, target.length - targetOffset);
  }

  /** Decompresses into a whole array; false if the bytes are no such block. */
  static boolean decompress(
      byte compression, byte[] source, int offset, int length, byte[] target) {
    if (compression >= ZSTD) {
      return Zstd.decompress(source, offset, length, target);
    }
    try {
      return DECOMPRESSOR.decompress(source, offset, length, target, 0, target.length)
          == target.length;
    } catch (LZ4Exception e) {
      return false;
    }
  }
}
