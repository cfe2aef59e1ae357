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
 * What Java has no calls for, by the C library on 64-bit Linux, where this module may call native
 * code: room for a file without writing to it ({@code posix_fallocate}), a begin of writing to the
 * device ({@code sync_file_range}), and the end of what a mapping holds ({@code madvise}).
 * Stateless.
 */
final class NativeCalls {
  /** For writing, and closed in processes that this one starts. */
  private static final int FLAGS = 0x80001;

  /** Of sync_file_range: begins to write, and waits for nothing. */
  private static final int BEGIN_WRITING = 2;

  /** Of madvise: the pages of a range go from this process, and stay in their file. */
  private static final int DONT_NEED = 4;

  private static final int INTERRUPTED = 4;
  private static final int NO_SPACE = 28;
  private static final int QUOTA = 122;
  private static final @Nullable Calls CALLS = link();

  private NativeCalls() {}

  private record Calls(
      MethodHandle open,
      MethodHandle allocate,
      MethodHandle beginWriting,
      MethodHandle advise,
      MethodHandle close) {}

  @SuppressWarnings("restricted")
  private static @Nullable Calls link() {
    boolean linux = "Linux".equals(System.getProperty("os.name"));
    // Where C's long has other than 64 bits, so has the type of the bounds.
    boolean wide = ValueLayout.ADDRESS.byteSize() == 8;
    if (!linux || !wide || !NativeCalls.class.getModule().isNativeAccessEnabled()) {
      return null;
    }
    Linker linker = Linker.nativeLinker();
    SymbolLookup lookup = linker.defaultLookup();
    Optional<MemorySegment> open = lookup.find("open");
    Optional<MemorySegment> allocate = lookup.find("posix_fallocate");
    Optional<MemorySegment> beginWriting = lookup.find("sync_file_range");
    Optional<MemorySegment> advise = lookup.find("madvise");
    Optional<MemorySegment> close = lookup.find("close");
    if (open.isEmpty()
        || allocate.isEmpty()
        || beginWriting.isEmpty()
        || advise.isEmpty()
        || close.isEmpty()) {
      return null;
    }
    ValueLayout number = ValueLayout.JAVA_INT;
    ValueLayout offset = ValueLayout.JAVA_LONG;
    return new Calls(
        linker.downcallHandle(
            open.get(), FunctionDescriptor.of(number, ValueLayout.ADDRESS, number)),
        linker.downcallHandle(
            allocate.get(), FunctionDescriptor.of(number, number, offset, offset)),
        linker.downcallHandle(
            beginWriting.get(), FunctionDescriptor.of(number, number, offset, offset, number)),
        linker.downcallHandle(
            advise.get(), FunctionDescriptor.of(number, ValueLayout.ADDRESS, offset, number)),
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
    int failure =
        onFile(
            calls,
            path,
            file -> {
              int error;
              do {
                error = (int) calls.allocate.invokeExact(file, from, size - from);
              } while (error == INTERRUPTED);
              return error;
            });
    if (failure == NO_SPACE) {
      throw new IOException("No space left on device");
    }
    if (failure == QUOTA) {
      throw new IOException("Disk quota exceeded");
    }
    return failure == 0;
  }

  /** Begins to bring bytes of a file to the device, where this machine can; promises nothing. */
  static void beginWriting(Path path, long from, long bytes) {
    Calls calls = CALLS;
    if (calls != null) {
      onFile(
          calls,
          path,
          file -> (int) calls.beginWriting.invokeExact(file, from, bytes, BEGIN_WRITING));
    }
  }

  /**
   * Takes pages of a mapped file, which begin and end with a page, out of this process; whoever
   * touches them again brings them back. Without them the operating system cleans the file's pages
   * at a fraction of the price, since no processor has to forget each of them. Promises nothing.
   */
  static void unmapPages(MemorySegment pages) {
    Calls calls = CALLS;
    if (calls == null) {
      return;
    }
    try {
      int ignored = (int) calls.advise.invokeExact(pages, pages.byteSize(), DONT_NEED);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native call threw", e);
    }
  }

  private interface Call {
    int on(int file) throws Throwable;
  }

  /** Returns what the call on the opened file does; -1 if the file could not be opened. */
  private static int onFile(Calls calls, Path path, Call call) {
    try (Arena arena = Arena.ofConfined()) {
      int file = (int) calls.open.invokeExact(arena.allocateFrom(path.toString()), FLAGS);
      if (file < 0) {
        return -1;
      }
      int result = call.on(file);
      int ignored = (int) calls.close.invokeExact(file);
      return result;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native call threw", e);
    }
  }
}
