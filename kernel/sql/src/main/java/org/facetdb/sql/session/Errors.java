package org.facetdb.sql.session;

import org.facetdb.parser.SqlSyntaxException;
import org.facetdb.spi.DatabaseException;
import org.facetdb.storage.StorageException;

/** Turns whatever a statement dies of into a database exception. Stateless. */
final class Errors {
  private Errors() {}

  static DatabaseException translate(Throwable failure) {
    return switch (failure) {
      case DatabaseException known -> known;
      case StorageException conflict when conflict.sqlState().equals("40001") ->
          new DatabaseException(
              "40001",
              DatabaseException.Category.USER,
              "could not serialize access due to concurrent update",
              message(conflict),
              "Run the transaction again.",
              0,
              conflict);
      case StorageException storage ->
          new DatabaseException(
              storage.sqlState(),
              category(storage.category()),
              message(storage),
              null,
              null,
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
