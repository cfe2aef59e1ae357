package org.facetdb.fts;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.store.BaseDirectory;
import org.apache.lucene.store.ByteBuffersDataInput;
import org.apache.lucene.store.ByteBuffersDataOutput;
import org.apache.lucene.store.ByteBuffersIndexInput;
import org.apache.lucene.store.ByteBuffersIndexOutput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NoLockFactory;
import org.apache.lucene.store.OutputStreamIndexOutput;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexStore;
import org.jspecify.annotations.Nullable;

/**
 * Lucene's directory over the kernel's store of write-once files. Large files that lie on a disk
 * are mapped into memory, others are read into the heap: to end a mapping, all threads have to be
 * asked. Thread-safe. Since the store can't rename, a list of segments that is pending stays in
 * memory until it gets its final name. Syncing is left to the kernel, which syncs what a checkpoint
 * names.
 */
final class StoreDirectory extends BaseDirectory {
  private static final String PENDING_PREFIX = "pending_";
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int HEAP_BLOCK_BYTES = 1 << 26;

  /** Of a tier's ten or so segments that are as small, two megabytes are on the heap. */
  private static final int SMALL_FILE_BYTES_MAX = 1 << 16;

  private final IndexStore store;
  private final Map<String, ByteBuffersDataOutput> pending = new ConcurrentHashMap<>();
  private final Map<Path, MMapDirectory> mapped = new ConcurrentHashMap<>();
  private final AtomicLong temporaryFiles = new AtomicLong();

  StoreDirectory(IndexStore store) {
    super(NoLockFactory.INSTANCE);
    this.store = store;
  }

  @Override
  public String[] listAll() {
    Set<String> names = new TreeSet<>(store.list());
    names.addAll(pending.keySet());
    return names.toArray(String[]::new);
  }

  @Override
  public void deleteFile(String name) throws IOException {
    if (pending.remove(name) == null) {
      checkExists(name);
      store.delete(name);
    }
  }

  @Override
  public long fileLength(String name) throws IOException {
    ByteBuffersDataOutput bytes = pending.get(name);
    if (bytes != null) {
      return bytes.size();
    }
    checkExists(name);
    return store.length(name);
  }

  private void checkExists(String name) throws IOException {
    if (!store.list().contains(name)) {
      throw new NoSuchFileException(name);
    }
  }

  @Override
  public IndexOutput createOutput(String name, IOContext context) {
    if (name.startsWith(PENDING_PREFIX)) {
      ByteBuffersDataOutput bytes = new ByteBuffersDataOutput();
      pending.put(name, bytes);
      return new ByteBuffersIndexOutput(bytes, name, name);
    }
    OutputStream target = new StoreOutputStream(store.create(name));
    return new OutputStreamIndexOutput(name, name, target, BUFFER_BYTES);
  }

  @Override
  public IndexOutput createTempOutput(String prefix, String suffix, IOContext context) {
    return createOutput(getTempFileName(prefix, suffix, temporaryFiles.getAndIncrement()), context);
  }

  @Override
  public void sync(Collection<String> names) {}

  @Override
  public void syncMetaData() {}

  @Override
  public void rename(String source, String target) throws IOException {
    ByteBuffersDataOutput bytes = pending.get(source);
    if (bytes == null) {
      throw new FileNotFoundException("only pending lists of segments are renamed: " + source);
    }
    try (IndexStore.Output output = store.create(target)) {
      byte[] content = bytes.toArrayCopy();
      output.write(content, 0, content.length);
    }
    pending.remove(source);
  }

  @Override
  public IndexInput openInput(String name, IOContext context) throws IOException {
    ByteBuffersDataOutput bytes = pending.get(name);
    if (bytes != null) {
      return new ByteBuffersIndexInput(bytes.toDataInput(), name);
    }
    @Nullable Path path = store.localPath(name);
    boolean small = path != null && store.length(name) <= SMALL_FILE_BYTES_MAX;
    return path == null || small ? readToHeap(name) : map(path, context);
  }

  private IndexInput map(Path path, IOContext context) throws IOException {
    Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent());
    MMapDirectory directory = mapped.get(folder);
    if (directory == null) {
      MMapDirectory opened = new MMapDirectory(folder, NoLockFactory.INSTANCE);
      directory = Objects.requireNonNullElse(mapped.putIfAbsent(folder, opened), opened);
    }
    return directory.openInput(Objects.requireNonNull(path.getFileName()).toString(), context);
  }

  private IndexInput readToHeap(String name) throws IOException {
    try (IndexStore.Input input = store.open(name)) {
      List<ByteBuffer> blocks = new ArrayList<>();
      long length = input.length();
      if (length <= SMALL_FILE_BYTES_MAX) {
        byte[] whole = new byte[(int) length];
        input.read(0, whole, 0, whole.length);
        return new ArrayIndexInput(name, whole);
      }
      for (long at = 0; at < length || blocks.isEmpty(); at += HEAP_BLOCK_BYTES) {
        byte[] block = new byte[(int) Math.min(HEAP_BLOCK_BYTES, length - at)];
        input.read(at, block, 0, block.length);
        blocks.add(ByteBuffer.wrap(block));
      }
      return new ByteBuffersIndexInput(new ByteBuffersDataInput(blocks), name);
    } catch (DatabaseException e) {
      if (e.sqlState().equals("58P01")) {
        throw new NoSuchFileException(name, null, e.getMessage());
      }
      throw e;
    }
  }

  @Override
  public Set<String> getPendingDeletions() {
    return Set.of();
  }

  @Override
  public void close() {
    isOpen = false;
    pending.clear();
  }

  /** The store's output as a stream; Lucene's output above it buffers. */
  private static final class StoreOutputStream extends OutputStream {
    private final IndexStore.Output output;

    StoreOutputStream(IndexStore.Output output) {
      this.output = output;
    }

    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      output.write(source, offset, length);
    }

    @Override
    public void close() {
      output.close();
    }
  }
}
