package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.facetdb.storage.BottomCompression;
import org.facetdb.storage.CheckReport;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.SideFiles;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.TableOptions;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.log.LogRecords;
import org.facetdb.storage.tree.entry.Bytes;
import org.facetdb.storage.txn.FacetStore;
import org.facetdb.storage.txn.Model;
import org.facetdb.storage.txn.StoreThreads;
import org.jspecify.annotations.Nullable;

/**
 * A store with every kind of file, and what becomes of it when one of them is damaged: it is
 * checked, opened, and read completely against the contents after each commit, under a time limit.
 *
 * <p>Used by one thread. Owns the thread that reads.
 */
final class DamageCampaign implements AutoCloseable {
  /** What a file is for. */
  enum Kind {
    CURRENT,
    MANIFEST,
    CURRENT_TABLE,
    HISTORY_TABLE,
    KEPT_SEGMENT,
    FULL_SEGMENT,
    ACTIVE_SEGMENT,
    SPARE_SEGMENT,
    TIMELINE,
    SIDE
  }

  /** What became of a damaged file. */
  enum Outcome {
    /** Opening or reading refused, and the check too, with this file and an offset. */
    NAMED,
    /** The damage is that of a side file, which the checksum of its owner does not match. */
    OWNER,
    /**
     * All was read and right, and the check is clean: nobody reads what was damaged, or a crash may
     * leave it so, and the log restores it.
     */
    UNREAD,
    /** Commits at the log's end are gone, and so is what proves that they were there. */
    TAIL,
    /** Refused, with another file, which lacks what the damaged one no longer says. */
    ELSEWHERE,
    /** A segment kept for consumers is gone; a consumer who comes for it is told to rebuild. */
    CRASH_LIKE,
    HUNG,
    WRONG
  }

  /** A file with the bytes to put in its place, null to delete it, and the first byte changed. */
  record Damage(String file, byte[] bytes, boolean deleted, int from, int to, String what) {}

  /** An outcome, and the messages that led to it. */
  record Result(Outcome outcome, String detail) {}

  private static final int LOG_HEADER_BYTES = 80;
  private static final long SECONDS_MAX = 20;
  private static final String CHANGES_BEGIN = "the change log begins at ";
  private static final String SIDE = "index/1";
  private static final String SIDE_FILE = "part";

  private final StoreOptions options =
      StoreOptions.defaults()
          .withMemtableBytes(16 << 10)
          .withSegmentBytes(4 << 10)
          .withBlockCacheBytes(0)
          .withChangeLog(true)
          .withTables(TableOptions.defaults().withBottom(BottomCompression.ZSTD).withMapped(true));
  private final ExecutorService reader = Executors.newSingleThreadExecutor();
  private final Random random;
  private final List<Integer> spaces = new ArrayList<>(List.of(Store.CATALOG_KEY_SPACE));

  /** Contents after each commit; index is the sequence. */
  private final List<String> contents = new ArrayList<>();

  private final Map<String, byte[]> files = new TreeMap<>();
  private long flushed;
  private long oldestKept;
  private int sideChecksum;

  DamageCampaign(Random random, boolean closed) {
    this.random = random;
    MemoryFileSystem memory = MemoryFileSystem.unsynced();
    Store store = FacetStore.open(memory, options, StoreThreads.direct());
    write(store);
    if (closed) {
      store.close();
    }
    collect(memory, FileSystem.ROOT);
    oldestKept = Long.MAX_VALUE;
    try (Store again = FacetStore.open(copy(null), options, StoreThreads.direct())) {
      oldestKept = again.changes().oldestSequence();
    }
  }

  private void write(Store store) {
    spaces.add(store.createKeySpace(KeySpaceOptions.keepForEver()));
    SideFiles side = store.sideFiles();
    side.createDirectory(SIDE);
    byte[] part = new byte[700];
    random.nextBytes(part);
    try (SideFiles.Output output = side.create(SIDE, SIDE_FILE)) {
      output.write(part, 0, part.length);
    }
    side.sync(SIDE, List.of(SIDE_FILE));
    sideChecksum = side.checksum(SIDE, SIDE_FILE);
    contents.add(text(store));
    for (int i = 0; i < 150; i++) {
      try (Transaction transaction = store.begin()) {
        for (int space : spaces) {
          byte[] value = new byte[random.nextInt(200)];
          random.nextBytes(value);
          byte[] key = {(byte) random.nextInt(40), (byte) space};
          if (random.nextInt(8) == 0) {
            transaction.delete(space, key);
          } else {
            transaction.put(space, key, value);
          }
        }
        transaction.commit(Durability.SYNC);
      }
      contents.add(text(store));
      if (i == 60 || i == 100 || i == 120) {
        store.flush();
        flushed = store.lastSequence();
        store.changes().retainAfter(flushed - 20);
      }
    }
  }

  private String text(Store store) {
    try (Snapshot snapshot = store.snapshot()) {
      return text(snapshot);
    }
  }

  private String text(Snapshot snapshot) {
    StringBuilder text = new StringBuilder();
    for (int space : spaces) {
      text.append(space).append('\n').append(Model.scan(snapshot, space, null, null));
    }
    return text.toString();
  }

  private void collect(FileSystem from, String directory) {
    for (String entry : from.list(directory)) {
      String name = directory.isEmpty() ? entry : directory + "/" + entry;
      if (from.isDirectory(name)) {
        collect(from, name);
      } else {
        try (StorageFile file = from.open(name, FileSystem.Mode.READ)) {
          byte[] bytes = new byte[(int) file.size()];
          file.readFully(0, bytes, 0, bytes.length);
          files.put(name, bytes);
        }
      }
    }
  }

  private MemoryFileSystem copy(@Nullable Damage damage) {
    MemoryFileSystem result = MemoryFileSystem.unsynced();
    result.createDirectories("tables");
    files.forEach(
        (name, whole) -> {
          boolean damaged = damage != null && damage.file().equals(name);
          if (damaged && damage.deleted()) {
            return;
          }
          byte[] bytes = damaged ? damage.bytes() : whole;
          int slash = name.lastIndexOf('/');
          result.createDirectories(slash < 0 ? FileSystem.ROOT : name.substring(0, slash));
          try (StorageFile file = result.open(name, FileSystem.Mode.CREATE)) {
            file.write(0, bytes, 0, bytes.length);
          }
        });
    return result;
  }

  Map<Kind, List<String>> kinds() {
    Map<Kind, List<String>> kinds = new EnumMap<>(Kind.class);
    List<String> segments = files.keySet().stream().filter(n -> n.endsWith(".log")).toList();
    files.forEach(
        (name, bytes) -> {
          Kind kind = kind(name, bytes, segments);
          kinds.computeIfAbsent(kind, k -> new ArrayList<>()).add(name);
        });
    return kinds;
  }

  private Kind kind(String name, byte[] bytes, List<String> segments) {
    if (name.endsWith(".sst")) {
      return bytes[12] == 1 ? Kind.CURRENT_TABLE : Kind.HISTORY_TABLE;
    } else if (name.endsWith(".log")) {
      int index = segments.indexOf(name);
      if (index + 1 == segments.size()) {
        return Kind.ACTIVE_SEGMENT;
      }
      long last = Bytes.getLong(file(segments.get(index + 1)), 32);
      return last <= flushed ? Kind.KEPT_SEGMENT : Kind.FULL_SEGMENT;
    } else if (name.startsWith("log/spare")) {
      return Kind.SPARE_SEGMENT;
    } else if (name.endsWith(".timeline")) {
      return Kind.TIMELINE;
    } else if (name.startsWith("side/")) {
      return Kind.SIDE;
    }
    return name.startsWith("MANIFEST") ? Kind.MANIFEST : Kind.CURRENT;
  }

  /** The bytes of a file before any damage. */
  byte[] file(String name) {
    byte[] bytes = files.get(name);
    if (bytes == null) {
      throw new IllegalArgumentException(name);
    }
    return bytes;
  }

  Damage truncated(String name, int length) {
    byte[] bytes = file(name);
    return new Damage(
        name, Arrays.copyOf(bytes, length), false, length, bytes.length, "cut to " + length);
  }

  Damage damage(String name) {
    byte[] bytes = file(name).clone();
    int at = random.nextInt(Math.max(1, bytes.length));
    int length = Math.min(bytes.length - at, 1 + random.nextInt(300));
    switch (random.nextInt(8)) {
      case 0 -> {
        return truncated(name, at);
      }
      case 1 -> {
        return new Damage(name, bytes, true, 0, bytes.length, "deleted");
      }
      case 2 -> Arrays.fill(bytes, at, at + length, (byte) 0);
      case 3 -> {
        int half = Math.min(length, bytes.length / 2);
        byte[] first = Arrays.copyOf(bytes, half);
        System.arraycopy(bytes, bytes.length - half, bytes, 0, half);
        System.arraycopy(first, 0, bytes, bytes.length - half, half);
        at = 0;
        length = bytes.length;
      }
      default -> {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        length = 1;
      }
    }
    return new Damage(name, bytes, false, at, at + length, "bytes " + at + " to " + (at + length));
  }

  /** A copy without damage reads right, and its check is clean. */
  void assertControl() {
    Result result = run(null);
    assertTrue(result.outcome() == Outcome.UNREAD, result.toString());
  }

  Result run(@Nullable Damage damage) {
    try {
      return reader.submit(() -> judge(damage)).get(SECONDS_MAX, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return new Result(Outcome.HUNG, String.valueOf(damage == null ? "" : damage.what()));
    } catch (ExecutionException e) {
      return new Result(Outcome.WRONG, String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Result judge(@Nullable Damage damage) {
    CheckReport report = FacetStore.check(copy(damage));
    String reported = String.join(" | ", report.problems());
    long last;
    try (Store store = FacetStore.open(copy(damage), options, StoreThreads.direct())) {
      last = store.lastSequence();
      String wrong = readAll(store);
      if (wrong.startsWith(CHANGES_BEGIN) && damage != null && isKeptAndGone(damage)) {
        // Where records outlived their header, the check names it, and opening lets go of it.
        boolean named = reported.contains(place(damage));
        return new Result(named ? Outcome.NAMED : Outcome.CRASH_LIKE, wrong);
      }
      if (!wrong.isEmpty()) {
        return new Result(Outcome.WRONG, wrong);
      }
      if (damage != null && damage.file().startsWith("side/") && !sideIsWhole(store)) {
        return new Result(Outcome.OWNER, reported);
      }
    } catch (StorageException e) {
      return refused(damage, e, reported);
    }
    if (!report.isClean()) {
      boolean named = damage != null && reported.contains(place(damage));
      return new Result(named ? Outcome.NAMED : Outcome.WRONG, reported);
    }
    if (last == contents.size() - 1) {
      return new Result(Outcome.UNREAD, "");
    }
    boolean tail = damage != null && damage.from() >= LOG_HEADER_BYTES && isTail(damage, last);
    return new Result(tail ? Outcome.TAIL : Outcome.WRONG, "ends at " + last);
  }

  private static String place(Damage damage) {
    return "file=memory:" + damage.file() + " offset=";
  }

  private static Result refused(@Nullable Damage damage, StorageException e, String reported) {
    String message = String.valueOf(e.getMessage());
    if (damage == null || e.category() != StorageException.Category.CORRUPTION) {
      return new Result(Outcome.WRONG, message);
    }
    String place = place(damage);
    if (message.contains(place) && reported.contains(place)) {
      return new Result(Outcome.NAMED, message);
    }
    boolean told = message.contains("offset=") && reported.contains("offset=");
    return new Result(told ? Outcome.ELSEWHERE : Outcome.WRONG, message + " || " + reported);
  }

  private boolean sideIsWhole(Store store) {
    SideFiles side = store.sideFiles();
    return side.files(SIDE).contains(SIDE_FILE) && side.checksum(SIDE, SIDE_FILE) == sideChecksum;
  }

  /** Reads all there is and says what is not as it was written; empty if all is. */
  private String readAll(Store store) {
    long last = store.lastSequence();
    if (last >= contents.size() || !text(store).equals(contents.get((int) last))) {
      return "contents differ at sequence " + last;
    }
    for (long sequence = 1; sequence <= last; sequence += 7) {
      try (Snapshot snapshot = store.snapshotAtSequence(sequence)) {
        if (snapshot.sequence() != sequence
            || !text(snapshot).equals(contents.get((int) sequence))) {
          return "history differs at sequence " + sequence;
        }
      }
    }
    long[] next = {Math.max(oldestKept, store.changes().oldestSequence()) + 1};
    if (next[0] > oldestKept + 1) {
      return CHANGES_BEGIN + next[0] + " rather than " + (oldestKept + 1);
    }
    store
        .changes()
        .read(
            next[0] - 1,
            last,
            batch -> {
              next[0] = batch.sequence() == next[0] ? next[0] + 1 : Long.MIN_VALUE;
              return true;
            });
    return next[0] == last + 1 ? "" : "the change log has a gap before " + next[0];
  }

  private boolean isKeptAndGone(Damage damage) {
    List<String> kept = kinds().getOrDefault(Kind.KEPT_SEGMENT, List.of());
    return kept.contains(damage.file()) && damage.from() < LOG_HEADER_BYTES;
  }

  /** Where the records of a segment end. */
  int recordsEnd(String name) {
    List<LogRecords.Part> records = LogRecords.of(file(name));
    return records.isEmpty() ? LOG_HEADER_BYTES : records.getLast().end();
  }

  /** Whether the damage reaches from the first lost record over the beginning of all others. */
  private boolean isTail(Damage damage, long last) {
    if (!damage.file().endsWith(".log")) {
      return false;
    }
    List<LogRecords.Part> records = LogRecords.of(file(damage.file()));
    int firstLostEnd = -1;
    for (LogRecords.Part record : records) {
      firstLostEnd = record.sequence() == last + 1 ? record.end() : firstLostEnd;
    }
    int lastStart = records.isEmpty() ? -1 : records.getLast().start();
    int lastEnd = records.isEmpty() ? -1 : records.getLast().end();
    return damage.from() < firstLostEnd && damage.to() > lastStart && damage.from() < lastEnd;
  }

  @Override
  public void close() {
    reader.shutdownNow();
  }
}
