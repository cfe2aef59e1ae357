package org.facetdb.sql.index;

import java.util.HashSet;
import java.util.Set;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.storage.Store;

/**
 * Removes checkpoints and directories that a crash or a failed removal left behind. Stateless; runs
 * before any index is opened.
 */
final class IndexSweep {
  private IndexSweep() {}

  /** Removes what no index of the catalog owns. */
  static void sweep(Store store, Checkpoints checkpoints, CatalogSnapshot catalog) {
    Set<String> owned = new HashSet<>();
    Set<Integer> ids = new HashSet<>();
    for (TableDefinition table : catalog.tables().values()) {
      table.methodIndexes().forEach(i -> ids.add(i.id()));
    }
    ids.forEach(id -> owned.add(id.toString()));
    for (int known : checkpoints.indexIds()) {
      if (!ids.contains(known)) {
        checkpoints.save(known, Checkpoints.Saved.NONE);
      }
    }
    for (String directory : store.sideFiles().directories("index")) {
      if (!owned.contains(directory)) {
        store.sideFiles().deleteDirectory("index/" + directory);
      }
    }
    for (int id : ids) {
      Checkpoints.Saved saved = checkpoints.load(id);
      Set<String> kept = new HashSet<>();
      if (saved.current() != null) {
        kept.add(Integer.toString(saved.current().generation()));
      }
      if (saved.former() != null) {
        kept.add(Integer.toString(saved.former().generation()));
      }
      for (String generation : store.sideFiles().directories("index/" + id)) {
        if (!kept.contains(generation)) {
          store.sideFiles().deleteDirectory("index/" + id + "/" + generation);
        }
      }
    }
  }
}
