package org.facetdb.storage.tree.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.StorageException;
import org.junit.jupiter.api.Test;

class HashFilterTest {
  private final SplittableRandom random = new SplittableRandom(Seeds.next(HashFilterTest.class));

  private static HashFilter reread(HashFilter filter) {
    return HashFilter.fromBytes(filter.blockType(), filter.toBytes(), "file", 0);
  }

  private void verify(HashFilter built, long[] hashes, int falseOfTenThousand) {
    HashFilter filter = reread(built);
    for (long hash : hashes) {
      assertTrue(filter.mayContain(hash));
    }
    long passed = random.longs(100_000).filter(filter::mayContain).count();
    assertTrue(passed < falseOfTenThousand * 10L, "false positives of 100,000: " + passed);
  }

  @Test
  void filtersNeverMissAKeyAndSeldomPassOthers() {
    long[] hashes = random.longs(50_000).toArray();
    verify(BlockedBloomFilter.build(hashes, hashes.length), hashes, 40);
    verify(BinaryFuseFilter.build(hashes, hashes.length), hashes, 60);
  }

  @Test
  void aFuseFilterIsMadeOfAnyNumberOfKeys() {
    for (int count = 1; count < 300; count++) {
      long[] hashes = random.longs(count).toArray();
      verify(BinaryFuseFilter.build(hashes, count), hashes, 60);
    }
    for (int count : new int[] {1_000, 9_999, 100_000, 700_000}) {
      long[] hashes = random.longs(count).toArray();
      HashFilter filter = BinaryFuseFilter.build(hashes, count);
      verify(filter, hashes, 60);
      if (count > 50_000) {
        double bits = filter.toBytes().length * 8.0 / count;
        assertTrue(bits < 9.6, "bits a key: " + bits);
      }
    }
  }

  /** Counts at which the published size leaves no room, or so little that few seeds succeed. */
  @Test
  void aFuseFilterGrowsWhereNoSeedSucceeds() {
    for (int count : new int[] {3_538, 3_947, 4_360, 11_400, 11_480, 11_516, 13_159, 37_409}) {
      long[] hashes = random.longs(count).toArray();
      HashFilter filter = BinaryFuseFilter.build(hashes, count);
      verify(filter, hashes, 60);
      double bits = filter.toBytes().length * 8.0 / count;
      assertTrue(bits < 12, "bits a key of " + count + ": " + bits);
    }
  }

  @Test
  void equalHashesAreOneKey() {
    long[] hashes = random.longs(1_000).toArray();
    long[] thrice = Arrays.copyOf(hashes, 3_000);
    System.arraycopy(hashes, 0, thrice, 1_000, 1_000);
    System.arraycopy(hashes, 0, thrice, 2_000, 1_000);
    verify(BinaryFuseFilter.build(thrice, 3_000), hashes, 60);
  }

  @Test
  void bytesThatAreNoFilterAreRefused() {
    long[] hashes = random.longs(100).toArray();
    byte[] raw = BinaryFuseFilter.build(hashes, 100).toBytes();
    for (int length = 0; length < raw.length; length++) {
      byte[] cut = Arrays.copyOf(raw, length);
      StorageException refused =
          assertThrows(
              StorageException.class,
              () -> HashFilter.fromBytes(TableFormat.FUSE_FILTER, cut, "file", 0));
      assertEquals(StorageException.Category.CORRUPTION, refused.category());
    }
  }
}
