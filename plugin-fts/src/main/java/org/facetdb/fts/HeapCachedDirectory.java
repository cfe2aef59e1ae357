package org.facetdb.fts;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.OutputStreamIndexOutput;

/**
 * Keeps the files of small new segments on the heap until they are synced, each in one array, so
 * that what was just written is searched as fast as the rest. Lucene's own directory for that
 * purpose strings blocks together, where every position costs a look-up. Thread-safe.
 */
final class HeapCachedDirectory extends FilterDirectory {
  private static final int BUFFER_BYTES = 8 * 1024;

  private final Map<String, byte[]> cached = new ConcurrentHashMap<>();
  private final AtomicLong cachedBytes = new AtomicLong();
  private final long fileBytesMax;
  private final long cachedBytesMax;

  /**
   * @param fileBytesMax a segment that will be larger is written at once
   * @param cachedBytesMax of all files that wait to be synced
   */
  HeapCachedDirectory(Directory in, long fileBytesMax, long cachedBytesMax) {
    super(in);
    this.fileBytesMax = fileBytesMax;
    this.cachedBytesMax = cachedBytesMax;
  }

  @Override
  public String[] listAll() throws IOException {
    Set<String> names = new TreeSet<>(cached.keySet());
    names.addAll(Arrays.asList(in.listAll()));
    return names.toArray(String[]::new);
  }

  @Override
  public synchronized void deleteFile(String name) throws IOException {
    byte[] bytes = cached.remove(name);
    if (bytes == null) {
      in.deleteFile(name);
    } else {
      cachedBytes.addAndGet(-bytes.length);
    }
  }

  @Override
  public long fileLength(String name) throws IOException {
    byte[] bytes = cached.get(name);
    return bytes == null ? in.fileLength(name) : bytes.length;
  }

  @Override
  public IndexOutput createOutput(String name, IOContext context) throws IOException {
    if (!isCached(context)) {
      return in.createOutput(name, context);
    }
    ByteArrayOutputStream target =
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            byte[] content = toByteArray();
            if (cached.putIfAbsent(name, content) == null) {
              cachedBytes.addAndGet(content.length);
            }
          }
        };
    return new OutputStreamIndexOutput(name, name, target, BUFFER_BYTES);
  }

  private boolean isCached(IOContext context) {
    long bytes;
    if (context.mergeInfo() != null) {
      bytes = context.mergeInfo().estimatedMergeBytes();
    } else if (context.flushInfo() != null) {
      bytes = context.flushInfo().estimatedSegmentSize();
    } else {
      return false;
    }
    return bytes <= fileBytesMax && bytes + cachedBytes.get() <= cachedBytesMax;
  }

  @Override
  public void sync(Collection<String> names) throws IOException {
    for (String name : names) {
      write(name);
    }
    in.sync(names);
  }

  private synchronized void write(String name) throws IOException {
    byte[] bytes = cached.get(name);
    if (bytes != null) {
      try (IndexOutput output = in.createOutput(name, IOContext.DEFAULT)) {
        output.writeBytes(bytes, bytes.length);
      }
      cached.remove(name);
      cachedBytes.addAndGet(-bytes.length);
    }
  }

  @Override
  public void rename(String source, String target) throws IOException {
    write(source);
    in.rename(source, target);
  }

  @Override
  public IndexInput openInput(String name, IOContext context) throws IOException {
    byte[] bytes = cached.get(name);
    return bytes == null ? in.openInput(name, context) : new ArrayIndexInput(name, bytes);
  }
}
