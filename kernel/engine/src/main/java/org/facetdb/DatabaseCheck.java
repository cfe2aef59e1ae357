package org.facetdb;

import java.nio.file.Path;
import java.util.List;
import org.facetdb.sql.IndexCheck;
import org.facetdb.storage.CheckReport;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;

/**
 * Verifies a database that nobody has open. Works below SQL, so that a catalog which can't be read
 * is still diagnosed. Stateless.
 */
public final class DatabaseCheck {
  private DatabaseCheck() {}

  /**
   * What a check found.
   *
   * @param problems one line per damage; empty if all is well
   * @param keySpaces how many there are
   * @param lastSequence of the last commit
   */
  public record Report(List<String> problems, int keySpaces, long lastSequence) {
    public Report {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Verifies every checksum and structure: first of the store, then, where that can be read, of the
   * files of plug-ins' indexes.
   *
   * @throws org.facetdb.storage.StorageException 55006 if an owner has it, 58P01 if there is none
   */
  public static Report run(Path directory) {
    Path database = directory.toAbsolutePath().normalize();
    CheckReport report = Stores.check(database);
    List<String> problems = report.problems();
    if (problems.isEmpty()) {
      try (Store store = Stores.open(database, StoreOptions.defaults().withChangeLog(true))) {
        problems = IndexCheck.problems(store);
      }
    }
    return new Report(problems, report.keySpaces(), report.lastSequence());
  }
}
