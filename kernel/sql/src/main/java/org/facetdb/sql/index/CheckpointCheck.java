package org.facetdb.sql.index;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.Catalog;
import org.facetdb.storage.Store;
import org.jspecify.annotations.Nullable;

/** Verifies the files of all committed checkpoints. Stateless. */
public final class CheckpointCheck {
  private CheckpointCheck() {}

  /** One line per damage. */
  public static List<String> problems(Store store) {
    List<String> problems = new ArrayList<>();
    Integer space = Catalog.checkpointSpaceOf(store);
    if (space == null) {
      return problems;
    }
    Checkpoints checkpoints = new Checkpoints(store, space);
    for (int index : checkpoints.indexIds()) {
      try {
        Checkpoints.Saved saved = checkpoints.load(index);
        verify(store, index, saved.current(), problems);
        verify(store, index, saved.former(), problems);
      } catch (DatabaseException e) {
        problems.add(e.getMessage() + ": index=" + index);
      }
    }
    return problems;
  }

  private static void verify(
      Store store, int index, @Nullable CheckpointRecord record, List<String> problems) {
    if (record != null) {
      String path = IndexDirectory.path(index, record.generation());
      for (CheckpointRecord.StoredFile file : record.files()) {
        String damage = IndexDirectory.damage(store.sideFiles(), path, file);
        if (damage != null) {
          problems.add(damage);
        }
      }
    }
  }
}
