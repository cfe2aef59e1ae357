package org.facetdb.sql.session;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import org.facetdb.parser.Analyze;
import org.facetdb.parser.Backup;
import org.facetdb.parser.Checkpoint;
import org.facetdb.parser.Option;
import org.facetdb.parser.Statement;
import org.facetdb.parser.Vacuum;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.Result;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.ddl.SourceText;
import org.facetdb.storage.Store;

/**
 * VACUUM, CHECKPOINT, BACKUP and ANALYZE. VACUUM merges what the tables' key spaces hold and prunes
 * their history; CHECKPOINT writes what is in memory to sstables; BACKUP copies the database;
 * ANALYZE has nothing to do, because statistics are not kept.
 */
final class MaintenanceCommand implements Command {
  private static final Set<String> OPTIONS =
      Set.of(
          "analyze",
          "disable_page_skipping",
          "freeze",
          "full",
          "index_cleanup",
          "parallel",
          "process_toast",
          "skip_locked",
          "truncate",
          "verbose");

  private final String sql;
  private final Statement statement;

  MaintenanceCommand(String sql, Statement statement) {
    this.sql = sql;
    this.statement = statement;
  }

  static boolean handles(Statement statement) {
    return statement instanceof Vacuum
        || statement instanceof Checkpoint
        || statement instanceof Backup
        || statement instanceof Analyze;
  }

  @Override
  public boolean writes() {
    return false;
  }

  @Override
  public String name() {
    return statement.command();
  }

  @Override
  public Result run(Execution execution) {
    Store store = execution.kernel().store();
    switch (statement) {
      case Vacuum vacuum -> {
        requireOptions(vacuum.options());
        if (execution.isInBlock()) {
          throw DatabaseException.user("25001", "VACUUM cannot run inside a transaction block");
        }
        List<Integer> keySpaces = keySpaces(execution.catalog(), vacuum.tables());
        // What the statement itself pins would be kept.
        execution.close();
        if (keySpaces.isEmpty()) {
          store.compact();
        } else {
          compact(store, keySpaces);
        }
      }
      case Checkpoint _ -> {
        execution.close();
        store.flush();
      }
      case Backup backup -> {
        execution.close();
        store.backup(folder(backup.folder()));
      }
      case Analyze analyze -> {
        SqlIdentifier table = analyze.table();
        if (table != null) {
          table(execution.catalog(), table);
        }
        execution.close();
      }
      default -> throw new IllegalStateException("no maintenance: " + statement.command());
    }
    return Results.done(name());
  }

  private static Path folder(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw DatabaseException.user("22023", "no name of a folder: \"" + name + "\"");
    }
  }

  private static void requireOptions(List<Option> options) {
    for (Option option : options) {
      if (!OPTIONS.contains(option.name())) {
        throw DatabaseException.user(
            "42601", "unrecognized VACUUM option \"" + option.name() + "\"");
      }
    }
  }

  private List<Integer> keySpaces(CatalogSnapshot catalog, List<SqlIdentifier> names) {
    List<Integer> keySpaces = new ArrayList<>();
    for (SqlIdentifier name : names) {
      TableDefinition table = table(catalog, name);
      keySpaces.add(table.keySpace());
      table.indexes().forEach(index -> keySpaces.add(index.keySpace()));
    }
    return keySpaces;
  }

  private TableDefinition table(CatalogSnapshot catalog, SqlIdentifier identifier) {
    String name = SourceText.publicName(sql, identifier);
    TableDefinition table = catalog.table(CatalogSnapshot.PUBLIC, name);
    if (table == null) {
      throw SourceText.at(
          DatabaseException.user("42P01", "relation \"" + name + "\" does not exist"),
          sql,
          identifier);
    }
    return table;
  }

  /** A key space that was dropped meanwhile has nothing left to do. */
  private static void compact(Store store, List<Integer> keySpaces) {
    for (int keySpace : keySpaces) {
      if (store.keySpaces().containsKey(keySpace)) {
        store.compact(keySpace);
      }
    }
  }
}
