package org.facetdb.storage.txn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.facetdb.storage.ChangeCursor;
import org.facetdb.storage.CommittedBatch;
import org.jspecify.annotations.Nullable;

/** Committed batches as text. */
public final class Batches {
  private Batches() {}

  public static String row(int keySpace, byte[] key, byte @Nullable [] value, long mask) {
    return keySpace
        + ":"
        + Arrays.toString(key)
        + (value == null ? " deleted" : "=" + value.length + "/" + Arrays.hashCode(value))
        + " mask "
        + mask;
  }

  public static String text(long sequence, long timestamp, List<String> rows) {
    return sequence + " at " + timestamp + " " + rows;
  }

  public static String text(CommittedBatch batch) {
    return text(batch.sequence(), batch.timestamp(), rows(batch));
  }

  /** The rows as text; checks that the walk agrees with what the batch says of itself. */
  public static List<String> rows(CommittedBatch batch) {
    List<String> rows = new ArrayList<>();
    ChangeCursor changes = batch.changes();
    int bytes = 0;
    while (changes.next()) {
      byte[] value = changes.isDelete() ? null : changes.value();
      rows.add(row(changes.keySpace(), changes.key(), value, changes.changedColumns()));
      bytes += changes.keyLength() + changes.valueLength();
      assertEquals(0, changes.origin());
    }
    assertEquals(batch.rowCount(), rows.size());
    assertEquals(true, batch.byteLength() > bytes);
    return rows;
  }
}
