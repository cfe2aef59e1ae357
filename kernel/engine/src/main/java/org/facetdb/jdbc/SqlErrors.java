package org.facetdb.jdbc;

import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLWarning;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.Notice;
import org.facetdb.storage.StorageException;
import org.jspecify.annotations.Nullable;

/** Makes {@link SQLException}s: the class by SQLSTATE, the place in the text under the message. */
final class SqlErrors {
  private static final int LINE_WIDTH = 72;

  private SqlErrors() {}

  /** The same failure for JDBC, with the line at fault and a caret where a position is known. */
  static SQLException of(DatabaseException failure, String script, int offset) {
    var text = new StringBuilder(String.valueOf(failure.getMessage()));
    if (failure.position() > 0) {
      appendPlace(text, script, offset + failure.position() - 1);
    }
    if (failure.detail() != null) {
      text.append("\nDETAIL: ").append(failure.detail());
    }
    if (failure.hint() != null) {
      text.append("\nHINT: ").append(failure.hint());
    }
    return create(text.toString(), failure.sqlState(), failure);
  }

  static SQLException of(DatabaseException failure) {
    return of(failure.withPosition(0), "", 0);
  }

  static SQLException of(StorageException failure) {
    return create(String.valueOf(failure.getMessage()), failure.sqlState(), failure);
  }

  static SQLException create(String message, String sqlState, Throwable cause) {
    SQLException made = create(message, sqlState);
    made.initCause(cause);
    return made;
  }

  static SQLException create(String message, String sqlState) {
    return switch (sqlState.substring(0, Math.min(2, sqlState.length()))) {
      case "08" -> new SQLNonTransientConnectionException(message, sqlState);
      case "0A" -> new SQLFeatureNotSupportedException(message, sqlState);
      case "22" -> new SQLDataException(message, sqlState);
      case "23" -> new SQLIntegrityConstraintViolationException(message, sqlState);
      case "28" -> new SQLInvalidAuthorizationSpecException(message, sqlState);
      case "40" -> new SQLTransactionRollbackException(message, sqlState);
      case "42" -> new SQLSyntaxErrorException(message, sqlState);
      default -> new SQLException(message, sqlState);
    };
  }

  static SQLException timeout(String message, Throwable cause) {
    return new SQLTimeoutException(message, "57014", cause);
  }

  static SQLFeatureNotSupportedException unsupported(String feature) {
    return new SQLFeatureNotSupportedException(feature + " is not supported", "0A000");
  }

  /**
   * What a statement has to say as JDBC tells it. Its vendor code is 0 for a warning, 1 for a mere
   * notice.
   */
  static SQLWarning warning(Notice notice) {
    return new SQLWarning(
        notice.message(), notice.sqlState(), notice.severity() == Notice.Severity.NOTICE ? 1 : 0);
  }

  /** The first of a chain of warnings, to which one more is added. */
  static SQLWarning chained(@Nullable SQLWarning first, SQLWarning warning) {
    if (first == null) {
      return warning;
    }
    first.setNextWarning(warning);
    return first;
  }

  /** Appends the line that holds a place of the text, and a caret below it, as psql does. */
  private static void appendPlace(StringBuilder text, String script, int place) {
    int at = Math.min(place, script.length());
    int lineStart = script.lastIndexOf('\n', at - 1) + 1;
    int lineEnd = script.indexOf('\n', at);
    String line = script.substring(lineStart, lineEnd < 0 ? script.length() : lineEnd);
    long lineNumber = 1 + script.substring(0, lineStart).chars().filter(c -> c == '\n').count();
    int column = at - lineStart;
    text.append(" (line ").append(lineNumber).append(", column ").append(column + 1).append(")");

    int from = line.length() <= LINE_WIDTH ? 0 : Math.max(0, column - LINE_WIDTH * 2 / 3);
    int to = Math.min(line.length(), from + LINE_WIDTH);
    String label = "LINE " + lineNumber + ": " + (from > 0 ? "..." : "");
    String shown = line.substring(from, to).replace('\t', ' ').replace('\r', ' ');
    text.append('\n').append(label).append(shown).append(to < line.length() ? "..." : "");
    text.append('\n').append(" ".repeat(label.length() + column - from)).append('^');
  }
}
