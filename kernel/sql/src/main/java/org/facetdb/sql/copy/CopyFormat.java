package org.facetdb.sql.copy;

import java.util.Locale;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/**
 * The form of a file.
 *
 * @param header whether the first line names the columns
 * @param matchHeader whether those names must be the columns'
 * @param nullText what stands for NULL, unquoted
 */
public record CopyFormat(
    Kind kind,
    boolean header,
    boolean matchHeader,
    char delimiter,
    String nullText,
    char quote,
    char escape) {
  /** The formats. */
  public enum Kind {
    /** PostgreSQL's text format: tabs between fields, backslashes before special characters. */
    TEXT,
    /** Comma-separated values with quotes. */
    CSV,
    /** One JSON object per line. */
    JSON
  }

  /** Collects options in any order. */
  public static final class Builder {
    private Kind kind = Kind.TEXT;
    private boolean header;
    private boolean matchHeader;
    private @Nullable Character delimiter;
    private @Nullable String nullText;
    private @Nullable Character quote;
    private @Nullable Character escape;

    /** Takes an option; 42601 for one that there isn't, 22023 for a value that it can't have. */
    public void option(String name, @Nullable String value) {
      switch (name) {
        case "format" -> kind = kind(value);
        case "csv", "text", "json", "jsonl", "tsv" -> kind = kind(name);
        case "header" -> header(value);
        case "delimiter" -> delimiter = single(name, value);
        case "null" -> nullText = value == null ? "" : value;
        case "quote" -> quote = single(name, value);
        case "escape" -> escape = single(name, value);
        case "encoding" -> encoding(value);
        default -> throw DatabaseException.user("42601", "option \"" + name + "\" not recognized");
      }
    }

    private static Kind kind(@Nullable String value) {
      return switch (value == null ? "" : value.toLowerCase(Locale.ROOT)) {
        case "text", "tsv" -> Kind.TEXT;
        case "csv" -> Kind.CSV;
        case "json", "jsonl", "ndjson" -> Kind.JSON;
        default ->
            throw DatabaseException.user("22023", "COPY format \"" + value + "\" not recognized");
      };
    }

    private void header(@Nullable String value) {
      switch (value == null ? "true" : value.toLowerCase(Locale.ROOT)) {
        case "true", "on", "1" -> header = true;
        case "false", "off", "0" -> header = false;
        case "match" -> {
          header = true;
          matchHeader = true;
        }
        default ->
            throw DatabaseException.user("42601", "header requires a Boolean value or \"match\"");
      }
    }

    private static char single(String name, @Nullable String value) {
      if (value == null || value.length() != 1 || value.equals("\n") || value.equals("\r")) {
        throw DatabaseException.user("0A000", "COPY " + name + " must be a single character");
      }
      return value.charAt(0);
    }

    private static void encoding(@Nullable String value) {
      String name = value == null ? "" : value.replace("-", "").toUpperCase(Locale.ROOT);
      if (!name.equals("UTF8")) {
        throw DatabaseException.unsupported("COPY reads and writes UTF8 alone");
      }
    }

    /** The format that the options make. */
    public CopyFormat build() {
      boolean csv = kind == Kind.CSV;
      if (!csv && (quote != null || escape != null)) {
        throw DatabaseException.user("0A000", "COPY quote and escape need CSV mode");
      }
      char quoteChar = quote == null ? '"' : quote;
      char delimiterChar = delimiter == null ? (csv ? ',' : '\t') : delimiter;
      if (csv && quoteChar == delimiterChar) {
        throw DatabaseException.user("0A000", "COPY delimiter and quote must be different");
      }
      return new CopyFormat(
          kind,
          header,
          matchHeader,
          delimiterChar,
          nullText == null ? (csv ? "" : "\\N") : nullText,
          quoteChar,
          escape == null ? quoteChar : escape);
    }
  }
}
