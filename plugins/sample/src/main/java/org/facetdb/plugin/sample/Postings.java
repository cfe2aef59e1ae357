package org.facetdb.plugin.sample;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All entries, and for each trigram those whose text has it, in the order in which they came. One
 * thread adds, any number read. Entries are never taken out: a view is the postings together with
 * how many entries there were, and to let entries go the index makes new postings.
 */
final class Postings {
  /** Entries in the order in which they came, with the number that each has among all of them. */
  static final class EntryList {
    private volatile @Nullable Entry[] entries = new Entry[4];
    private volatile int[] numbers = new int[4];
    private volatile int size;

    private void add(Entry entry, int number) {
      int count = size;
      if (count == entries.length) {
        entries = Arrays.copyOf(entries, 2 * count);
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      entries[count] = entry;
      numbers[count] = number;
      size = count + 1;
    }

    int size() {
      return size;
    }

    /** An entry, null from the end of what a view of {@code limit} entries has. */
    @Nullable Entry get(int index, int limit) {
      return index < size && numbers[index] < limit ? entries[index] : null;
    }
  }

  private static final EntryList NONE = new EntryList();

  private final EntryList all = new EntryList();
  private final Map<Long, EntryList> byTrigram = new ConcurrentHashMap<>();

  void add(Entry entry) {
    int number = all.size();
    for (long trigram : entry.trigrams) {
      byTrigram.computeIfAbsent(trigram, _ -> new EntryList()).add(entry, number);
    }
    all.add(entry, number);
  }

  EntryList all() {
    return all;
  }

  /** The shortest list that has every entry with all of these trigrams, and others besides. */
  EntryList candidates(long[] trigrams) {
    EntryList shortest = all;
    for (long trigram : trigrams) {
      EntryList list = byTrigram.getOrDefault(trigram, NONE);
      if (list.size() < shortest.size()) {
        shortest = list;
      }
    }
    return shortest;
  }
}
