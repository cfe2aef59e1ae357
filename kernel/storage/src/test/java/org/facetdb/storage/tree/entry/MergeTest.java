package org.facetdb.storage.tree.entry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Both merges against a sorted list, over keys of which many begin with the same eight or sixteen
 * bytes, and some differ in zeros at their ends alone.
 */
class MergeTest {
  private static final int ROUNDS = 3_000;

  private static final Comparator<Entry> ORDER =
      Comparator.comparing(Entry::key, Arrays::compareUnsigned)
          .thenComparing(Comparator.comparingLong(Entry::begin).reversed())
          .thenComparing(Entry::source);

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  private record Entry(byte[] key, long begin, int source) {}

  @Test
  void mergesFewCursors() {
    for (int round = 0; round < ROUNDS; round++) {
      List<List<Entry>> sources = sources(2 + random.nextInt(ScanCursor.CURSORS_MAX - 1));
      EntryCursor cursor = MergeCursor.ofKeySpace(cursors(sources));
      assertInstanceOf(ScanCursor.class, cursor);
      check(sources, cursor);
    }
  }

  @Test
  void mergesManyCursors() {
    for (int round = 0; round < ROUNDS; round++) {
      List<List<Entry>> sources = sources(ScanCursor.CURSORS_MAX + 1 + random.nextInt(4));
      EntryCursor cursor = MergeCursor.ofKeySpace(cursors(sources));
      assertInstanceOf(MergeCursor.class, cursor);
      check(sources, cursor);
    }
  }

  /** Some sources hold nothing, and some versions lie in two. */
  private List<List<Entry>> sources(int count) {
    int longest = List.of(9, 16, 18).get(random.nextInt(3));
    byte fill = (byte) (random.nextInt(3) == 0 ? 0 : 0x80);
    List<List<Entry>> sources = new ArrayList<>();
    for (int source = 0; source < count; source++) {
      List<Entry> entries = new ArrayList<>();
      for (int i = random.nextInt(12); i > 0; i--) {
        byte[] key = new byte[random.nextInt(4) == 0 ? random.nextInt(19) : longest];
        Arrays.fill(key, fill);
        if (key.length > 0 && random.nextInt(4) != 0) {
          key[random.nextInt(key.length)] = (byte) (0x7f + random.nextInt(3));
        }
        Entry entry = new Entry(key, 1 + random.nextInt(6), source);
        if (entries.stream().noneMatch(other -> sameVersion(other, entry))) {
          entries.add(entry);
        }
      }
      entries.sort(ORDER);
      sources.add(entries);
    }
    return sources;
  }

  private static boolean sameVersion(Entry a, Entry b) {
    return Arrays.equals(a.key(), b.key()) && a.begin() == b.begin();
  }

  private static List<EntryCursor> cursors(List<List<Entry>> sources) {
    return sources.stream().<EntryCursor>map(ListCursor::new).toList();
  }

  private void check(List<List<Entry>> sources, EntryCursor cursor) {
    List<Entry> expected = new ArrayList<>();
    sources.forEach(expected::addAll);
    expected.sort(ORDER);
    int at = 0;
    boolean more = random.nextBoolean() ? cursor.next() : cursor.nextKey();
    while (at < expected.size()) {
      Entry entry = expected.get(at);
      String where = "seed=" + seed + " at=" + at;
      assertEquals(true, more, where);
      assertArrayEquals(entry.key(), key(cursor), where);
      assertEquals(Bytes.head(entry.key(), 0, entry.key().length), cursor.keyHead(), where);
      assertEquals(Bytes.head(entry.key(), 8, entry.key().length - 8), cursor.keyTail(), where);
      assertEquals(entry.begin(), cursor.begin(), where);
      assertEquals(true, cursor.isInForce(entry.begin()), where);
      assertEquals(false, cursor.isInForce(entry.begin() - 1), where);
      assertEquals(entry.source(), cursor.valueArray()[0], where);
      switch (random.nextInt(3)) {
        case 0 -> {
          more = cursor.next();
          at++;
        }
        case 1 -> {
          more = cursor.nextKey();
          at = after(expected, at, 0);
        }
        default -> {
          long timestamp = random.nextLong(entry.begin());
          at = after(expected, at, timestamp);
          // One step may leave newer versions of the key to the next.
          do {
            more = cursor.skipNewer(timestamp);
          } while (more && cursor.begin() > timestamp && Arrays.equals(entry.key(), key(cursor)));
        }
      }
    }
    assertEquals(false, more, "seed=" + seed);
    cursor.close();
  }

  /** The first version behind one that is of another key or not after a timestamp. */
  private static int after(List<Entry> expected, int from, long timestamp) {
    int at = from + 1;
    while (at < expected.size()
        && Arrays.equals(expected.get(at).key(), expected.get(from).key())
        && expected.get(at).begin() > timestamp) {
      at++;
    }
    return at;
  }

  private static byte[] key(EntryCursor cursor) {
    return Arrays.copyOfRange(
        cursor.keyArray(), cursor.keyOffset(), cursor.keyOffset() + cursor.keyLength());
  }

  private static final class ListCursor implements EntryCursor {
    private final List<Entry> entries;
    private int at = -1;

    ListCursor(List<Entry> entries) {
      this.entries = entries;
    }

    @Override
    public boolean next() {
      return ++at < entries.size();
    }

    @Override
    public boolean nextKey() {
      if (at < 0) {
        return next();
      }
      at = after(entries, at, 0);
      return at < entries.size();
    }

    @Override
    public boolean skipNewer(long timestamp) {
      at = after(entries, at, timestamp);
      return at < entries.size();
    }

    @Override
    public int keySpace() {
      return 1;
    }

    @Override
    public byte[] keyArray() {
      return entries.get(at).key();
    }

    @Override
    public int keyOffset() {
      return 0;
    }

    @Override
    public int keyLength() {
      return entries.get(at).key().length;
    }

    @Override
    public long keyHead() {
      return Bytes.head(keyArray(), 0, keyLength());
    }

    @Override
    public long begin() {
      return entries.get(at).begin();
    }

    @Override
    public long end() {
      return OPEN;
    }

    @Override
    public boolean deleted() {
      return false;
    }

    @Override
    public byte[] valueArray() {
      return new byte[] {(byte) entries.get(at).source()};
    }

    @Override
    public int valueOffset() {
      return 0;
    }

    @Override
    public int valueLength() {
      return 1;
    }

    @Override
    public void close() {
      at = entries.size();
    }
  }
}
