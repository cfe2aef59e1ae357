package org.facetdb.sql;

/**
 * What a statement has to say though it did not fail: it had no effect, or another one than asked.
 *
 * @param severity as PostgreSQL names it
 * @param sqlState five characters, of class 01 to 02 or of the error that it would be otherwise
 */
public record Notice(Severity severity, String sqlState, String message) {
  /** From what is good to know to what was hardly meant. */
  public enum Severity {
    NOTICE,
    WARNING
  }

  /** Something that was left undone because it was asked for only if needed. */
  public static Notice skipping(String sqlState, String message) {
    return new Notice(Severity.NOTICE, sqlState, message + ", skipping");
  }

  /** A warning. */
  public static Notice warning(String sqlState, String message) {
    return new Notice(Severity.WARNING, sqlState, message);
  }
}
