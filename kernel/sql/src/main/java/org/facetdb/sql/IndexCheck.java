package org.facetdb.sql;

import java.util.List;
import org.facetdb.sql.index.CheckpointCheck;
import org.facetdb.storage.Store;

/** Verifies what the indexes of plug-ins keep beside the store. Stateless. */
public final class IndexCheck {
  private IndexCheck() {}

  /**
   * Verifies length and checksum of every file that a committed checkpoint names.
   *
   * @return one line per damage, with file, expected and found; empty if all is well
   */
  public static List<String> problems(Store store) {
    return CheckpointCheck.problems(store);
  }
}
