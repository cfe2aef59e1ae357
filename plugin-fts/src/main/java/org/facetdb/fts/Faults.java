package org.facetdb.fts;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.util.automaton.TooComplexToDeterminizeException;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/** Turns what Lucene throws into errors with a SQLSTATE. */
final class Faults {
  private Faults() {}

  static DatabaseException corruption(String message, @Nullable Throwable cause) {
    return new DatabaseException(
        "XX002", DatabaseException.Category.CORRUPTION, message, null, null, 0, cause);
  }

  /** A fault of reading or writing the files of an index. */
  static DatabaseException files(String index, IOException fault) {
    boolean damaged =
        fault instanceof CorruptIndexException
            || fault instanceof IndexFormatTooOldException
            || fault instanceof IndexFormatTooNewException
            || fault instanceof IndexNotFoundException
            || fault instanceof EOFException
            || fault instanceof NoSuchFileException
            || fault instanceof FileNotFoundException;
    if (damaged) {
      return corruption("files of an index are damaged: index=" + index, fault);
    }
    return new DatabaseException(
        "58030",
        DatabaseException.Category.RESOURCE,
        "files of an index can't be read or written: index=" + index,
        fault.getMessage(),
        null,
        0,
        fault);
  }

  /** A query that is understood but takes too much; null where the fault is another. */
  static @Nullable DatabaseException tooComplex(Throwable fault) {
    return switch (fault) {
      case IndexSearcher.TooManyClauses _ ->
          DatabaseException.user(
              "54000",
              "a search query has too many terms: limit=" + IndexSearcher.getMaxClauseCount());
      case TooComplexToDeterminizeException _ ->
          DatabaseException.user("54000", "a pattern in the search query is too complex");
      case StackOverflowError _ ->
          DatabaseException.user("54001", "a search query is nested too deeply");
      default -> null;
    };
  }

  /** A fault of a search, its query understood. */
  static RuntimeException search(String index, Exception fault) {
    DatabaseException complex = tooComplex(fault);
    if (complex != null) {
      return complex;
    }
    return switch (fault) {
      case IOException files -> files(index, files);
      case RuntimeException other -> other;
      default -> DatabaseException.internal("a search failed: index=" + index, fault);
    };
  }
}
