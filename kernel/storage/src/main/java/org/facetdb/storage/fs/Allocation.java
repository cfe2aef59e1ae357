package org.facetdb.storage.fs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives a file room on the disk without writing to it, by the C library's {@code posix_fallocate}
 * on 64-bit Linux, where this module may call native code. The new bytes read as zeros. Stateless.
 */
final class Allocation {
  /** For writing, and closed in processes that this one starts. */
  private static final int FLAGS = 0x80001;

  private static final int INTERRUPTED = 4;
  private static final int NO_SPACE = 28;
  private static final int QUOTA = 122;
  private static final @Nullable Calls CALLS = link();

  private Allocation() {}

  private record Calls(MethodHandle open, MethodHandle allocate, MethodHandle close) {}

  @SuppressWarnings("restricted")
  private static @Nullable Calls link() {
    boolean linux = "Linux".equals(System.getProperty("os.name"));
    // Where C's long has other than 64 bits, so has the type of the bounds.
    boolean wide = ValueLayout.ADDRESS.byteSize() == 8;
    if (!linux || !wide || !Allocation.class.getModule().isNativeAccessEnabled()) {
      return null;
    }
    Linker linker = Linker.nativeLinker();
    SymbolLookup lookup = linker.defaultLookup();
    Optional<MemorySegment> open = lookup.find("open");
    Optional<MemorySegment> allocate = lookup.find("posix_fallocate");
    Optional<MemorySegment> close = lookup.find("close");
    if (open.isEmpty() || allocate.isEmpty() || close.isEmpty()) {
      return null;
    }
    ValueLayout number = ValueLayout.JAVA_INT;
    ValueLayout offset = ValueLayout.JAVA_LONG;
    return new Calls(
        linker.downcallHandle(
            open.get(), FunctionDescriptor.of(number, ValueLayout.ADDRESS, number)),
        linker.downcallHandle(
            allocate.get(), FunctionDescriptor.of(number, number, offset, offset)),
        linker.downcallHandle(close.get(), FunctionDescriptor.of(number, number)));
  }

  /**
   * Makes a file at least so large, with room for all of it.
   *
   * @return false if this machine, or the disk, cannot do that; the file is then as before, or
   *     larger
   * @throws IOException if the disk has no room for it
   */
  static boolean allocate(Path path, long from, long size) throws IOException {
    Calls calls = CALLS;
    if (calls == null || size <= from) {
      return false;
    }
    int failure = call(calls, path, from, size - from);
    if (failure == NO_SPACE) {
      throw new IOException("No space left on device");
    }
    if (failure == QUOTA) {
      throw new IOException("Disk quota exceeded");
    }
    return failure == 0;
  }

  /** Returns the error's number, 0 for none; -1 if the file could not be opened. */
  private static int call(Calls calls, Path path, long from, long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      int file = (int) calls.open.invokeExact(arena.allocateFrom(path.toString()), FLAGS);
      if (file < 0) {
        return -1;
      }
      int failure;
      do {
        failure = (int) calls.allocate.invokeExact(file, from, bytes);
      } while (failure == INTERRUPTED);
      int ignored = (int) calls.close.invokeExact(file);
      return failure;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native call threw", e);
    }
  }
}
