package org.facetdb.storage.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.HybridTime;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.fs.MemoryFileSystem;
import org.facetdb.storage.tree.manifest.Manifest;
import org.facetdb.storage.tree.manifest.TreeState;
import org.facetdb.storage.tree.table.TableInfo;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private final MemoryFileSystem files = MemoryFileSystem.strict();
  private final TreeFixture fixture = new TreeFixture(files, TreeFixture.small(Runnable::run));

  private static byte[] bytes(String text) {
    return text.getBytes();
  }

  private TreeState state() {
    return Manifest.read(files);
  }

  private static long entries(Collection<List<TableInfo>> levels) {
    return levels.stream().flatMap(List::stream).mapToLong(TableInfo::entries).sum();
  }

  @Test
  void removalThatIsFlushedBeforeItsKeyIsWrittenAgainDoesNotResurrectTheOldValue() {
    byte[] key = bytes("key");
    long first = fixture.put(1, key, bytes("one"));
    fixture.tree.compact(null);
    long removed = fixture.delete(1, key);
    long second = fixture.put(1, key, bytes("two"));
    fixture.tree.flush();
    long third = fixture.put(1, key, bytes("three"));
    fixture.tree.flush();
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(bytes("one"), fixture.tree.get(1, key, first));
      assertNull(fixture.tree.get(1, key, removed));
      assertArrayEquals(bytes("two"), fixture.tree.get(1, key, second));
      assertArrayEquals(bytes("three"), fixture.tree.get(1, key, third));
      try (Cursor cursor = fixture.tree.scan(1, null, null, removed)) {
        assertFalse(cursor.next());
      }
      fixture.tree.compact(null);
    }
  }

  @Test
  void supersededVersionsLeaveTheCurrentTree() {
    for (int version = 0; version < 100; version++) {
      for (int key = 0; key < 20; key++) {
        fixture.put(1, TreeFixture.key(key), bytes("v" + version));
      }
    }
    fixture.tree.compact(null);
    assertEquals(20, entries(state().current()));
    assertEquals(20 * 99, entries(state().history().values()));
  }

  @Test
  void removedKeyLeavesNothingCurrentButItsHistory() {
    byte[] key = bytes("key");
    long put = fixture.put(1, key, bytes("value"));
    fixture.tree.flush();
    long removed = fixture.delete(1, key);
    fixture.tree.compact(null);
    assertEquals(0, entries(state().current()));
    assertEquals(1, entries(state().history().values()));
    assertArrayEquals(bytes("value"), fixture.tree.get(1, key, put));
    assertNull(fixture.tree.get(1, key, removed));
    assertEquals(0, fixture.tree.latestVersion(1, key));
  }

  @Test
  void removalStaysForConflictsWhileAnOlderTransactionIsOpen() {
    byte[] key = bytes("key");
    long put = fixture.put(1, key, bytes("value"));
    assertTrue(fixture.host.pin(fixture.tree, 1, put));
    long removed = fixture.delete(1, key);
    fixture.tree.compact(null);
    assertEquals(removed, fixture.tree.latestVersion(1, key));
    assertTrue(fixture.tree.changedSince(1, null, null, put));
    fixture.host.unpin(put);
    fixture.put(1, bytes("another"), bytes("x"));
    fixture.tree.compact(null);
    assertEquals(0, fixture.tree.latestVersion(1, key));
  }

  @Test
  void retentionAndPinsDecideWhatIsDropped() {
    int keySpace = fixture.tree.createKeySpace(KeySpaceOptions.keepFor(Duration.ofMillis(1000)));
    byte[] key = bytes("key");
    long first = fixture.put(keySpace, key, bytes("one"));
    fixture.host.now.addAndGet(HybridTime.ofMillis(100));
    long second = fixture.put(keySpace, key, bytes("two"));
    fixture.tree.compact(null);
    assertArrayEquals(bytes("one"), fixture.tree.get(keySpace, key, first));
    assertTrue(fixture.host.pin(fixture.tree, keySpace, first));
    fixture.host.now.addAndGet(HybridTime.ofMillis(5000));
    fixture.put(1, key, bytes("other"));
    fixture.tree.compact(null);
    assertArrayEquals(bytes("one"), fixture.tree.get(keySpace, key, first));
    fixture.host.unpin(first);
    fixture.tree.compact(null);
    assertEquals(0, entries(state().history().values()));
    assertFalse(fixture.host.pin(fixture.tree, keySpace, first));
    assertArrayEquals(bytes("two"), fixture.tree.get(keySpace, key, second + 1));
    fixture.reopen();
    assertFalse(fixture.host.pin(fixture.tree, keySpace, first), "the watermark is durable");
  }

  @Test
  void droppedKeySpaceVanishesOnceItsRetentionHasPassed() {
    int keySpace = fixture.tree.createKeySpace(KeySpaceOptions.keepFor(Duration.ofMillis(1000)));
    for (int i = 0; i < 500; i++) {
      fixture.put(keySpace, TreeFixture.key(i), bytes("value" + i));
    }
    long last = fixture.put(1, bytes("other"), bytes("stays"));
    fixture.tree.flush();
    fixture.host.now.addAndGet(HybridTime.ofMillis(10));
    fixture.tree.dropKeySpace(keySpace, fixture.host.now.get());
    assertFalse(fixture.tree.keySpaces().containsKey(keySpace));
    fixture.tree.compact(null);
    assertArrayEquals(bytes("value7"), fixture.tree.get(keySpace, TreeFixture.key(7), last));
    fixture.host.now.addAndGet(HybridTime.ofMillis(2000));
    long later = fixture.put(1, bytes("more"), bytes("x"));
    fixture.tree.compact(null);
    assertNull(fixture.tree.get(keySpace, TreeFixture.key(7), later));
    assertEquals(2, entries(state().current()));
    fixture.tree.compact(null);
    assertFalse(state().keySpaces().containsKey(keySpace));
    int next = fixture.tree.createKeySpace(KeySpaceOptions.keepForEver());
    assertTrue(next > keySpace, "ids are not given out twice");
  }
}
