package org.facetdb.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.sql.SQLException;
import org.facetdb.spi.DatabaseException;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/** How errors are shown: with their SQLSTATE, and without a stack unless it is a fault of ours. */
final class Errors {
  private Errors() {}

  static void print(Throwable error, PrintWriter out) {
    @Nullable String sqlState = error instanceof SQLException sql ? sql.getSQLState() : null;
    if (sqlState != null) {
      out.println("ERROR " + sqlState + ": " + error.getMessage());
    } else if (error instanceof StorageException storage) {
      out.println("ERROR " + storage.sqlState() + ": " + error.getMessage());
    } else if (error instanceof DatabaseException database) {
      out.println("ERROR " + database.sqlState() + ": " + error.getMessage());
      if (database.hint() != null) {
        out.println("HINT: " + database.hint());
      }
    } else if (error instanceof java.nio.file.NoSuchFileException missing) {
      out.println("ERROR 58P01: file does not exist: " + missing.getFile());
    } else if (error instanceof IOException failure) {
      out.println("ERROR 58030: " + text(failure));
    } else {
      out.print("ERROR XX000: ");
      error.printStackTrace(out);
    }
    out.flush();
  }

  private static String text(IOException failure) {
    String reason = StorageException.reason(failure);
    return failure instanceof FileSystemException named && named.getFile() != null
        ? named.getFile() + ": " + reason
        : reason;
  }
}
