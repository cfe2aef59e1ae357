package org.facetdb.storage.metamorphic;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.facetdb.storage.ChangeLog;
import org.facetdb.storage.CheckReport;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Durability;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Reader;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.metamorphic.VersionedModel.Space;
import org.facetdb.storage.metamorphic.VersionedModel.Write;
import org.facetdb.storage.txn.Batches;
import org.facetdb.storage.txn.FacetStore;
import org.jspecify.annotations.Nullable;

/** Carries one list of operations out on one store, and compares each answer with the model. */
final class Run {
  private static final int SPACES_MAX = 8;
  private static final List<@Nullable Duration> RETENTIONS =
      Arrays.asList(null, Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(5));

  private record Held(Snapshot snapshot, int commit) {}

  private final OptionSet options;
  private final Faults faults;
  private final VersionedModel model = new VersionedModel();
  private final List<Held> held = new ArrayList<>();
  private final List<String> trace = new ArrayList<>();
  private long nowMillis = 1_700_000_000_000L;
  private long timelineGoneMillis;
  private MemoryFileSystem files = MemoryFileSystem.strict();
  private Store store;
  private Random random = new Random();

  private Run(OptionSet options, Faults faults) {
    this.options = options;
    this.faults = faults;
    this.store = open();
    model.spaces.add(new Space(Store.CATALOG_KEY_SPACE, null));
  }

  /** What went wrong, with all that was done up to then; null if nothing did. */
  static @Nullable String failure(OptionSet options, Faults faults, List<Operation> operations) {
    Run run = new Run(options, faults);
    try {
      for (Operation operation : operations) {
        run.random = new Random(operation.seed());
        run.note(operation.kind().toString());
        run.step(operation.kind());
        run.noteRetention();
      }
      run.end();
      return null;
    } catch (AssertionError | RuntimeException e) {
      return String.join("\n  ", run.trace) + "\n" + e;
    } finally {
      run.abandon();
    }
  }

  private void step(Operation.Kind kind) {
    switch (kind) {
      case COMMIT -> commit();
      case CONFLICT -> conflict();
      case READ -> readLatest();
      case HOLD -> held.add(new Held(store.snapshot(), model.last()));
      case READ_HELD -> readHeld();
      case RELEASE -> release();
      case READ_PAST -> readPast();
      case READ_CHANGES -> readChanges();
      case FLUSH -> store.flush();
      case COMPACT -> store.compact();
      case COMPACT_SPACE -> store.compact(space().id);
      case CREATE_SPACE -> createSpace();
      case DROP_SPACE -> dropSpace();
      case ADVANCE_CLOCK -> nowMillis += random.nextInt(90_000);
      case REOPEN -> reopen();
      case KILL -> restart(files.kill(), true);
      case CRASH -> restart(files.crash(random), false);
    }
  }

  // ---- what an operation chooses

  private void note(String what) {
    trace.add(what);
  }

  private byte[] key() {
    byte[] key = new byte[1 + random.nextInt(3) + (random.nextInt(4) == 0 ? 18 : 0)];
    for (int i = Math.max(0, key.length - 3); i < key.length; i++) {
      key[i] = (byte) (random.nextInt(4) * 85);
    }
    return key;
  }

  private byte[] value() {
    byte[] value = new byte[random.nextInt(random.nextInt(16) == 0 ? 5_000 : 60)];
    if (random.nextBoolean()) {
      random.nextBytes(value);
    }
    return value;
  }

  private Space space() {
    List<Space> live = model.live();
    return live.get(random.nextInt(live.size()));
  }

  private static String hex(byte @Nullable [] bytes) {
    return bytes == null ? "-" : HexFormat.of().formatHex(bytes);
  }

  // ---- writing

  private void commit() {
    boolean synced = random.nextInt(3) > 0;
    TreeMap<Integer, TreeMap<byte[], Write>> writes = new TreeMap<>();
    int count = 1 + random.nextInt(random.nextInt(8) == 0 ? 80 : 6);
    try (Transaction transaction = store.begin()) {
      for (int i = 0; i < count; i++) {
        Space space = space();
        write(
            transaction, new Write(space, key(), random.nextInt(3) == 0 ? null : value()), writes);
        if (random.nextInt(4) == 0) {
          byte[] key = key();
          Write own = writes.getOrDefault(space.id, new TreeMap<>()).get(key);
          expect(
              own != null ? own.value() : model.get(space, key, model.last()),
              transaction.get(space.id, key),
              "get in a transaction " + space.id + ":" + hex(key));
        }
        if (random.nextInt(20) == 0) {
          undone(transaction);
        }
      }
      if (random.nextInt(10) == 0) {
        note("  rolled back");
        return;
      }
      finish(transaction, synced, writes);
    }
  }

  private void write(
      Transaction transaction, Write write, TreeMap<Integer, TreeMap<byte[], Write>> writes) {
    byte[] value = write.value();
    note(
        "  "
            + write.space().id
            + ":"
            + hex(write.key())
            + (value == null ? " deleted" : " = " + value.length + " bytes"));
    if (value == null) {
      transaction.delete(write.space().id, write.key());
    } else {
      transaction.put(write.space().id, write.key(), value);
    }
    writes
        .computeIfAbsent(write.space().id, id -> new TreeMap<>(Arrays::compareUnsigned))
        .put(write.key(), write);
  }

  /** Writes that a savepoint takes back. */
  private void undone(Transaction transaction) {
    int mark = transaction.savepoint();
    transaction.put(space().id, key(), value());
    transaction.delete(space().id, key());
    transaction.rollbackTo(mark);
  }

  private void finish(
      Transaction transaction, boolean synced, TreeMap<Integer, TreeMap<byte[], Write>> writes) {
    note(synced ? "  synced" : "  not synced");
    long timestamp = transaction.commit(synced ? Durability.SYNC : Durability.NONE);
    long sequence = store.lastSequence();
    check(timestamp > model.timestamp(model.last()), "timestamp " + timestamp + " is not new");
    check(sequence > model.sequence(model.last()), "sequence " + sequence + " is not new");
    check(timestamp == store.lastCommitTimestamp(), "the last commit is another");
    List<Write> all = new ArrayList<>();
    writes.values().forEach(perKey -> all.addAll(perKey.values()));
    model.commit(timestamp, sequence, synced, all);
  }

  /** Two transactions of which the second to commit must fail if, and only if, they meet. */
  private void conflict() {
    Space space = space();
    byte[] key = key();
    byte[] bound = key();
    byte[] written = random.nextBoolean() ? key : key();
    boolean meets = Arrays.equals(key, written);
    TreeMap<Integer, TreeMap<byte[], Write>> lateWrites = new TreeMap<>();
    try (Transaction late = store.begin();
        Transaction early = store.begin()) {
      switch (random.nextInt(3)) {
        case 0 -> late.guardKey(space.id, key);
        case 1 -> {
          late.guardRange(space.id, key, bound);
          meets =
              Arrays.compareUnsigned(key, written) <= 0
                  && Arrays.compareUnsigned(written, bound) < 0;
        }
        default -> write(late, new Write(space, key, value()), lateWrites);
      }
      TreeMap<Integer, TreeMap<byte[], Write>> writes = new TreeMap<>();
      write(early, new Write(space, written, value()), writes);
      finish(early, true, writes);
      note("  conflict on " + space.id + ":" + hex(key) + " to " + hex(bound) + " " + meets);
      byte[] other = {77};
      write(late, new Write(space, other, value()), lateWrites);
      boolean refused = false;
      try {
        finish(late, true, lateWrites);
      } catch (StorageException e) {
        check(e.sqlState().equals("40001"), e.toString());
        refused = true;
      }
      check(refused == meets, "conflict expected: " + meets + ", refused: " + refused);
    }
  }

  // ---- reading

  private void readLatest() {
    try (Snapshot snapshot = store.snapshot()) {
      check(snapshot.sequence() == model.sequence(model.last()), "the latest is an older commit");
      read(snapshot, space(), model.last());
    }
  }

  private void readHeld() {
    if (!held.isEmpty()) {
      Held one = held.get(random.nextInt(held.size()));
      List<Space> readable =
          model.spaces.stream()
              .filter(s -> s.droppedAfter < 0 || s.droppedAfter >= one.commit)
              .toList();
      read(one.snapshot, readable.get(random.nextInt(readable.size())), one.commit);
    }
  }

  private void release() {
    if (!held.isEmpty()) {
      held.remove(random.nextInt(held.size())).snapshot.close();
    }
  }

  private void readPast() {
    int commit = random.nextInt(model.last() + 1);
    Space space = space();
    boolean bySequence = random.nextBoolean();
    boolean timelineMayBeGone =
        commit < model.last() && HybridTime.millis(model.timestamp(commit)) <= timelineGoneMillis;
    note("  commit " + commit + (bySequence ? " by sequence" : " by timestamp"));
    try (Snapshot past =
        bySequence
            ? store.snapshotAtSequence(model.sequence(commit))
            : store.snapshotAt(model.timestamp(commit))) {
      check(
          timelineMayBeGone || past.sequence() == model.sequence(commit),
          "sequence of the past: " + past.sequence());
      read(past, space, commit);
    } catch (StorageException e) {
      check(e.sqlState().equals("22023"), e.toString());
      check(
          model.mayBeGone(space, commit, nowMillis) || (bySequence && timelineMayBeGone),
          e.toString());
    }
  }

  private void read(Reader reader, Space space, int commit) {
    note("  read key space " + space.id + " after commit " + commit);
    for (int i = 0; i < 4; i++) {
      byte[] key = key();
      expect(
          model.get(space, key, commit),
          reader.get(space.id, key),
          "get " + space.id + ":" + hex(key) + " after commit " + commit);
    }
    byte[] from = random.nextInt(3) > 0 ? null : key();
    byte[] to = random.nextInt(3) > 0 ? null : key();
    TreeMap<byte[], byte[]> expected = model.scan(space, from, to, commit);
    String where = "scan of " + space.id + " from " + hex(from) + " to " + hex(to);
    try (Cursor cursor = reader.scan(space.id, from, to)) {
      for (Map.Entry<byte[], byte[]> entry : expected.entrySet()) {
        check(cursor.next(), where + " ends before " + hex(entry.getKey()));
        expect(entry.getKey(), cursor.key(), where);
        expect(entry.getValue(), cursor.value(), where + " at " + hex(entry.getKey()));
      }
      check(!cursor.next(), where + " goes on");
    }
  }

  private void readChanges() {
    ChangeLog changes = store.changes();
    long last = store.lastSequence();
    long after = changes.oldestSequence();
    after += random.nextBoolean() ? 0 : random.nextLong(last - after + 1);
    // The first parts of a commit may be gone.
    after = model.endOfCommit(after);
    List<String> found = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    try {
      changes.read(
          after,
          last,
          batch -> {
            rows.addAll(Batches.rows(batch));
            if (batch.endsCommit()) {
              found.add(Batches.text(batch.sequence(), batch.timestamp(), rows));
              rows.clear();
            }
            return true;
          });
    } catch (StorageException e) {
      // Threads of the store may let a segment go in between.
      check(e.sqlState().equals("72000") && changes.oldestSequence() > after, e.toString());
      return;
    }
    check(found.equals(model.changes(after, last)), "changes after " + after + ": " + found);
  }

  // ---- key spaces, and the life of the store

  private void createSpace() {
    if (model.live().size() < SPACES_MAX) {
      Duration retention = RETENTIONS.get(random.nextInt(RETENTIONS.size()));
      int id = store.createKeySpace(new KeySpaceOptions(retention));
      note("  key space " + id + " with retention " + retention);
      check(model.spaces.stream().allMatch(space -> space.id < id), "an id is used again: " + id);
      model.spaces.add(new Space(id, retention));
    }
  }

  private void dropSpace() {
    Space space = space();
    if (space.id != Store.CATALOG_KEY_SPACE) {
      note("  key space " + space.id);
      store.dropKeySpace(space.id);
      space.droppedAfter = model.last();
      checkSpaces();
    }
  }

  private void checkSpaces() {
    TreeMap<Integer, KeySpaceOptions> expected = new TreeMap<>();
    model.live().forEach(space -> expected.put(space.id, new KeySpaceOptions(space.retention)));
    check(expected.equals(store.keySpaces()), "key spaces: " + store.keySpaces());
  }

  /** Commits that ended before this may be missing in the map from times to sequences. */
  private void noteRetention() {
    long longest = Duration.ofMinutes(1).toMillis();
    for (Space space : model.live()) {
      if (space.id != Store.CATALOG_KEY_SPACE) {
        longest =
            space.retention == null ? nowMillis : Math.max(longest, space.retention.toMillis());
      }
    }
    timelineGoneMillis = Math.max(timelineGoneMillis, nowMillis - longest + 20_000);
  }

  private Store open() {
    return faults.on(options.open(files, () -> Instant.ofEpochMilli(nowMillis)));
  }

  private void reopen() {
    held.forEach(one -> one.snapshot.close());
    model.allDurable();
    restart(faults.closed(store, files), true);
  }

  /** Opens what a close, a kill or a crash left. */
  private void restart(MemoryFileSystem survivor, boolean all) {
    abandon();
    files = survivor;
    store = open();
    if (all) {
      model.allDurable();
    }
    String problem = model.recovered(store.lastSequence());
    check(problem == null, String.valueOf(problem));
    check(store.lastCommitTimestamp() == model.timestamp(model.last()), "last timestamp");
    checkSpaces();
  }

  private void abandon() {
    held.clear();
    try {
      store.close();
    } catch (StorageException e) {
      // After a crash there is nothing left to close properly.
      return;
    }
  }

  private void end() {
    for (Space space : model.live()) {
      try (Snapshot snapshot = store.snapshot()) {
        read(snapshot, space, model.last());
      }
    }
    held.forEach(one -> one.snapshot.close());
    held.clear();
    store.close();
    CheckReport report = FacetStore.check(files);
    check(report.problems().isEmpty(), report.problems().toString());
  }

  // ---- verdicts

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }

  private static void expect(byte @Nullable [] expected, byte @Nullable [] found, String message) {
    if (!Arrays.equals(expected, found)) {
      throw new AssertionError(message + ": expected " + hex(expected) + ", found " + hex(found));
    }
  }
}
