package org.facetdb.storage.tree.table;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.util.Native;
import java.util.concurrent.ArrayBlockingQueue;
import org.facetdb.storage.tree.zstd.ZstdDecoder;

/**
 * zstd frames: read by the native library where the process may load it and in Java elsewhere,
 * written by the native library alone. Safe for use by any number of threads. Keeps up to {@link
 * #CONTEXTS_MAX} native contexts of about 150 KB for the next reader, as long as the process lives.
 */
final class Zstd {
  private static final int LEVEL = 3;
  private static final int CONTEXTS_MAX = 8;
  private static final System.Logger LOGGER = System.getLogger(Zstd.class.getName());
  private static final boolean NATIVE = load();
  private static final ArrayBlockingQueue<ZstdDecompressCtx> CONTEXTS =
      new ArrayBlockingQueue<>(CONTEXTS_MAX);

  private Zstd() {}

  private static boolean load() {
    if (!Native.class.getModule().isNativeAccessEnabled()) {
      // Trying would print the JDK's warnings in a process that did not ask for native code.
      return false;
    }
    try {
      Native.load();
      return true;
    } catch (LinkageError | RuntimeException e) {
      LOGGER.log(
          System.Logger.Level.INFO,
          "zstd is read in Java and not written: module com.github.luben.zstd_jni loads no native"
              + " code; cause={0}",
          e.getMessage());
      return false;
    }
  }

  /** Whether the native library is used. */
  static boolean isNative() {
    return NATIVE;
  }

  /** Compresses for one thread, where {@link #isNative}; the caller closes it. */
  static ZstdCompressCtx compressor() {
    return new ZstdCompressCtx().setLevel(LEVEL);
  }

  /** Decompresses into a whole array; false if the bytes are no such frame. */
  static boolean decompress(byte[] source, int offset, int length, byte[] target) {
    if (!NATIVE) {
      return ZstdDecoder.decode(source, offset, length, target);
    }
    ZstdDecompressCtx context = CONTEXTS.poll();
    if (context == null) {
      context = new ZstdDecompressCtx();
    }
    try {
      return context.decompressByteArray(target, 0, target.length, source, offset, length)
          == target.length;
    } catch (ZstdException e) {
      return false;
    } finally {
      if (!CONTEXTS.offer(context)) {
        context.close();
      }
    }
  }
}
