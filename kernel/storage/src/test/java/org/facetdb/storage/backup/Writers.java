package org.facetdb.storage.backup;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.facetdb.storage.Durability;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.txn.Model;
import org.jspecify.annotations.Nullable;

/**
 * Threads that commit to keys of their own and remember what they were told. The model of any
 * moment follows from that alone. Used by one thread; owns its threads until {@link #stop}.
 */
final class Writers {
  private static final int KEYS = 60;
  private static final int KEY_SPACES_MAX = 200;

  private record Write(int keySpace, byte[] key, byte @Nullable [] value) {}

  private record Done(long timestamp, List<Write> writes) {}

  private final Store store;
  private final List<Integer> keySpaces =
      new CopyOnWriteArrayList<>(List.of(Store.CATALOG_KEY_SPACE));
  private final List<Thread> threads = new ArrayList<>();
  private final List<List<Done>> done = new ArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private volatile boolean stopped;

  Writers(Store store) {
    this.store = store;
  }

  /** All key spaces, those included that were made since a moment that is looked at. */
  List<Integer> keySpaces() {
    return keySpaces;
  }

  void start(int count, Random seeds) {
    for (int i = 0; i < count; i++) {
      int writer = i;
      Random random = new Random(seeds.nextLong());
      List<Done> log = new ArrayList<>();
      done.add(log);
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      while (!stopped) {
                        log.add(commit(writer, random));
                        Thread.sleep(random.nextInt(2));
                      }
                    } catch (Throwable e) {
                      failures.add(e);
                    }
                  }));
    }
  }

  private Done commit(int writer, Random random) {
    List<Write> writes = new ArrayList<>();
    if (keySpaces.size() < KEY_SPACES_MAX && random.nextInt(20) == 0) {
      keySpaces.add(store.createKeySpace(KeySpaceOptions.keepForEver()));
    }
    try (Transaction transaction = store.begin()) {
      int count = 1 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        // The newest one more often, so that it is used as soon as it is there.
        int newest = keySpaces.size() - 1;
        int keySpace = keySpaces.get(random.nextInt(3) == 0 ? newest : random.nextInt(newest + 1));
        byte[] key = {(byte) writer, (byte) random.nextInt(KEYS)};
        byte[] value = random.nextInt(5) == 0 ? null : new byte[random.nextInt(300)];
        if (value == null) {
          transaction.delete(keySpace, key);
        } else {
          random.nextBytes(value);
          transaction.put(keySpace, key, value);
        }
        writes.add(new Write(keySpace, key, value));
      }
      boolean lazy = random.nextInt(4) == 0;
      return new Done(transaction.commit(lazy ? Durability.NONE : Durability.SYNC), writes);
    }
  }

  /** Commits on the caller's thread. */
  void commitOne(Random random) {
    if (done.isEmpty()) {
      done.add(new ArrayList<>());
    }
    done.getFirst().add(commit(0, random));
  }

  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new AssertionError("a writer failed", failures.getFirst());
    }
  }

  /** How many commits there were up to a timestamp: the sequence of the last. */
  long sequenceAt(long timestamp) {
    return done.stream()
        .mapToLong(log -> log.stream().filter(one -> one.timestamp() <= timestamp).count())
        .sum();
  }

  /** The timestamp of the commit with a sequence, 0 for none. */
  long timestampOf(long sequence) {
    return sequence == 0 ? 0 : ordered().get((int) sequence - 1).timestamp();
  }

  long commits() {
    return ordered().size();
  }

  private List<Done> ordered() {
    return done.stream()
        .flatMap(List::stream)
        .sorted(Comparator.comparingLong(Done::timestamp))
        .toList();
  }

  /** The entries at a timestamp. */
  Model at(long timestamp) {
    Model model = new Model();
    for (Done one : ordered()) {
      if (one.timestamp() <= timestamp) {
        one.writes().forEach(write -> model.put(write.keySpace(), write.key(), write.value()));
      }
    }
    return model;
  }
}
