package org.facetdb.sql.copy;

import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.facetdb.spi.DatabaseException;

/** Opens the files of COPY. Stateless. */
public final class CopyFiles {
  private CopyFiles() {}

  /**
   * Opens a file for reading.
   *
   * @param columns the names of the columns that are read
   */
  public static RecordReader reader(String file, CopyFormat format, List<String> columns) {
    try {
      InputStream stream = Files.newInputStream(path(file));
      try {
        return switch (format.kind()) {
          case TEXT -> new TextReader(stream, format);
          case CSV -> new CsvReader(stream, format);
          case JSON -> new JsonLinesReader(stream, columns);
        };
      } catch (IOException | RuntimeException e) {
        stream.close();
        throw e;
      }
    } catch (IOException e) {
      throw failure("could not open file \"" + file + "\" for reading", e);
    }
  }

  /**
   * Makes or empties a file for writing.
   *
   * @param bare columns whose text is JSON by itself
   */
  public static RecordWriter writer(
      String file, CopyFormat format, List<String> columns, boolean[] bare) {
    try {
      Writer out = Files.newBufferedWriter(path(file), StandardCharsets.UTF_8);
      return switch (format.kind()) {
        case TEXT -> new TextWriter(out, format);
        case CSV -> new CsvWriter(out, format);
        case JSON -> new JsonLinesWriter(out, columns, bare);
      };
    } catch (IOException e) {
      throw failure("could not open file \"" + file + "\" for writing", e);
    }
  }

  private static Path path(String file) throws IOException {
    try {
      Path path = Path.of(file);
      if (Files.isDirectory(path)) {
        throw new IOException("Is a directory");
      }
      return path;
    } catch (InvalidPathException e) {
      throw new IOException("Invalid file name", e);
    }
  }

  /** The database's error for one of the file system's. */
  public static DatabaseException failure(String what, IOException cause) {
    return switch (cause) {
      case NoSuchFileException _ ->
          error(
              "58P01",
              DatabaseException.Category.USER,
              what + ": No such file or directory",
              cause);
      case AccessDeniedException _ ->
          error("42501", DatabaseException.Category.USER, what + ": Permission denied", cause);
      default ->
          error(
              "58030",
              DatabaseException.Category.RESOURCE,
              what + ": " + cause.getMessage(),
              cause);
    };
  }

  private static DatabaseException error(
      String state, DatabaseException.Category category, String message, IOException cause) {
    return new DatabaseException(state, category, message, null, null, 0, cause);
  }
}
