package org.facetdb.sql.session;

import java.util.function.Supplier;
import org.facetdb.parser.SqlSyntaxException;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.Store;

/** Turns whatever a statement dies of into a database exception. Stateless. */
final class Errors {
  private Errors() {}

  /**
   * Translates what may be a conflict with another transaction.
   *
   * @param catalog knows whose key space it was
   */
  static DatabaseException translate(Throwable failure, Supplier<CatalogSnapshot> catalog) {
    return failure instanceof StorageException conflict && conflict.conflictSpace() >= 0
        ? new DatabaseException(
            "40001",
            DatabaseException.Category.USER,
            "could not serialize access due to concurrent update",
            owner(conflict.conflictSpace(), catalog.get())
                + " changed since the transaction began, where it wrote or relied on what was"
                + " there.",
            "Run the transaction again.",
            0,
            conflict)
        : translate(failure);
  }

  private static String owner(int keySpace, CatalogSnapshot catalog) {
    if (keySpace == Store.CATALOG_KEY_SPACE) {
      return "The catalog";
    }
    for (TableDefinition table : catalog.tables().values()) {
      if (table.keySpace() == keySpace || table.rowIdSpace() == keySpace) {
        return "Table \"" + table.name() + "\"";
      }
      for (IndexDefinition index : table.indexes()) {
        if (index.keySpace() == keySpace) {
          return "Index \"" + index.name() + "\" of table \"" + table.name() + "\"";
        }
      }
    }
    return "A table that was dropped";
  }

  static DatabaseException translate(Throwable failure) {
    return switch (failure) {
      case DatabaseException known -> known;
      case StorageException storage ->
          new DatabaseException(
              storage.sqlState(),
              category(storage.category()),
              message(storage),
              null,
              storage.sqlState().equals("40001")
                  ? "The transaction might succeed if retried."
                  : null,
              0,
              storage);
      case SqlSyntaxException syntax ->
          DatabaseException.user(syntax.sqlState(), message(syntax))
              .withPosition(syntax.offset() + 1);
      case StackOverflowError _ ->
          DatabaseException.user("54001", "stack depth limit exceeded")
              .withHint("Use a statement that is less deeply nested.");
      case OutOfMemoryError memory ->
          new DatabaseException(
              "53200",
              DatabaseException.Category.RESOURCE,
              "out of memory",
              "The whole heap is in use: bytes=" + Runtime.getRuntime().maxMemory(),
              "Give the process a larger heap (java -Xmx).",
              0,
              memory);
      default -> DatabaseException.internal("internal error: " + failure, failure);
    };
  }

  /** The same error; where something is not supported and nobody said where, at the statement. */
  static DatabaseException placed(DatabaseException error, String sql) {
    if (!error.sqlState().equals("0A000") || error.position() > 0) {
      return error;
    }
    int begin = 0;
    while (begin < sql.length() - 1 && Character.isWhitespace(sql.charAt(begin))) {
      begin++;
    }
    return error.withPosition(begin + 1);
  }

  private static DatabaseException.Category category(StorageException.Category category) {
    return switch (category) {
      case USER -> DatabaseException.Category.USER;
      case RESOURCE -> DatabaseException.Category.RESOURCE;
      case INTERNAL -> DatabaseException.Category.INTERNAL;
      case CORRUPTION -> DatabaseException.Category.CORRUPTION;
    };
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }
}
