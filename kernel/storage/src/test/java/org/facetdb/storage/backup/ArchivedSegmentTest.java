package org.facetdb.storage.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.facetdb.storage.KeySpaceOptions;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.tree.manifest.Change;
import org.facetdb.storage.tree.manifest.KeySpaceState;
import org.facetdb.storage.tree.manifest.TreeState;
import org.junit.jupiter.api.Test;

class ArchivedSegmentTest {
  private static final String EXAMPLE =
      """
      facetdb-archive 1
      segment 7 98304 114600
      file 16376 ce7768a2
      keyspaces 0200000002020000000601000000ffffffffffffffff0000000000000000000000000000000000000000
      crc 946a83d0
      """;

  @Test
  void isWrittenAndReadAsDocumented() {
    TreeState state =
        TreeState.empty()
            .with(
                List.of(
                    new Change.NextKeySpace(2),
                    new Change.PutKeySpace(
                        1, new KeySpaceState(KeySpaceOptions.keepForEver(), 0, 0))));
    ArchivedSegment segment = new ArchivedSegment(7, 98304, 114600, 16376, 0xce7768a2, state);
    assertEquals(EXAMPLE, new String(segment.encode(), StandardCharsets.US_ASCII));
    assertEquals(segment, ArchivedSegment.decode("x", EXAMPLE.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void aLaterVersionIsRefusedByName() {
    String later = EXAMPLE.replace("archive 1", "archive 2");
    String body = later.substring(0, later.indexOf("crc"));
    byte[] bytes = CheckedText.seal(body).getBytes(StandardCharsets.US_ASCII);
    StorageException refusal =
        assertThrows(StorageException.class, () -> ArchivedSegment.decode("x", bytes));
    assertEquals("0A000", refusal.sqlState());
  }
}
