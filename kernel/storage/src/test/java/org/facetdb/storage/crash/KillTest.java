package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.facetdb.storage.CheckReport;
import org.facetdb.storage.Cursor;
import org.facetdb.storage.Seeds;
import org.facetdb.storage.Snapshot;
import org.facetdb.storage.Store;
import org.facetdb.storage.Stores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills real processes with SIGKILL while four threads commit. */
class KillTest {
  private static final int ROUNDS = Integer.getInteger("facetdb.kill.rounds", 4);

  @TempDir private Path directory;

  private final long[] acknowledged = new long[KillChild.THREADS];

  @Test
  void keepsEveryAcknowledgedTransactionWholeUnderKill() throws Exception {
    Random random = new Random(Seeds.next(KillTest.class));
    long before = 0;
    for (int round = 1; round <= ROUNDS; round++) {
      List<String> lines = runAndKill(random, round);
      assertFalse(!lines.isEmpty() && lines.getFirst().startsWith("refused"), lines::getFirst);
      for (String line : lines) {
        assertFalse(line.startsWith("fault"), line);
        String[] words = line.split(" ");
        if (words[0].equals("ack") && words.length == 3) {
          int thread = Integer.parseInt(words[1]);
          acknowledged[thread] = Math.max(acknowledged[thread], Long.parseLong(words[2]));
        }
      }
      CheckReport report = Stores.check(directory);
      assertEquals(List.of(), report.problems(), "round " + round);
      verify(round);
      long total = 0;
      for (long number : acknowledged) {
        total += number;
      }
      System.out.println("round=" + round + " recovered=" + (total - before) + " total=" + total);
      before = total;
    }
    assertTrue(before > 0, "nothing was committed");
  }

  /** The first round lasts until something was acknowledged; others die at any moment. */
  private List<String> runAndKill(Random random, int round)
      throws IOException, InterruptedException {
    ChildProcess child = new ChildProcess("commit", directory);
    if (round == 1 || random.nextInt(3) > 0) {
      assertTrue(child.firstLine().startsWith("ready"), child.firstLine());
      Thread.sleep(random.nextInt(400) + (round == 1 ? 400 : 0));
    } else {
      Thread.sleep(random.nextInt(1_000));
    }
    return child.kill();
  }

  private void verify(int round) {
    try (Store store = Stores.open(directory, KillChild.options());
        Snapshot snapshot = store.snapshot()) {
      Follower follower = new Follower(store);
      assertNull(follower.followToEnd(), "round " + round);
      for (int thread = 0; thread < KillChild.THREADS; thread++) {
        byte[] head = snapshot.get(Store.CATALOG_KEY_SPACE, KillChild.head(thread));
        long last = head == null ? 0 : KillChild.number(head);
        assertTrue(
            last >= acknowledged[thread],
            "round " + round + ": lost " + acknowledged[thread] + ", last is " + last);
        acknowledged[thread] = last;
        assertEquals(last, follower.count(thread), "commits of thread " + thread + " in the log");
        if (store.keySpaces().size() == KillChild.RIGHT) {
          verifyEntries(snapshot, KillChild.LEFT, thread, last);
          verifyEntries(snapshot, KillChild.RIGHT, thread, last);
        } else {
          assertEquals(0, last);
        }
      }
    }
  }

  private static void verifyEntries(Snapshot snapshot, int keySpace, int thread, long last) {
    byte[] from = KillChild.key(thread, 0);
    byte[] to = KillChild.key(thread + 1, 0);
    long expected = Math.max(0, last - KillChild.WINDOW);
    try (Cursor cursor = snapshot.scan(keySpace, from, to)) {
      while (cursor.next()) {
        expected++;
        assertArrayEquals(KillChild.key(thread, expected), cursor.key());
        assertArrayEquals(KillChild.value(thread, expected), cursor.value());
      }
    }
    assertEquals(last, expected, "last entry of thread " + thread);
  }
}
