package org.facetdb.sql.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowIdMapTest {
  @Test
  void behavesLikeAMap() {
    long seed = Long.getLong("facetdb.seed", System.nanoTime());
    String replay = "replay with -Dfacetdb.seed=" + seed;
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      RowIdMap map = new RowIdMap(random.nextInt(20));
      Map<Long, Integer> model = new HashMap<>();
      int range = 1 + random.nextInt(2_000);
      for (int i = 0; i < 3_000; i++) {
        long id = random.nextBoolean() ? random.nextInt(range) : random.nextLong();
        if (random.nextInt(3) > 0) {
          map.put(id, i);
          model.put(id, i);
        }
        assertEquals(model.getOrDefault(id, -1), map.get(id), replay);
        assertEquals(model.containsKey(id), map.contains(id), replay);
      }
      assertEquals(model.size(), map.size(), replay);
      long[] ids = map.toArray();
      Arrays.sort(ids);
      assertEquals(
          Arrays.toString(model.keySet().stream().mapToLong(k -> k).sorted().toArray()),
          Arrays.toString(ids),
          replay);
    }
  }
}
