package org.facetdb.cli.suite;

/**
 * What became of one record of an outside suite.
 *
 * @param where file and line, or the name of the case
 * @param status what happened
 * @param detail for a failure the statement, the expected and the actual result; otherwise empty
 */
public record Outcome(String where, Status status, String detail) {
  /** Passed, failed, or left out by the suite's own directive. */
  public enum Status {
    PASSED,
    FAILED,
    SKIPPED
  }

  static Outcome passed(String where) {
    return new Outcome(where, Status.PASSED, "");
  }

  static Outcome failed(String where, String detail) {
    return new Outcome(where, Status.FAILED, detail);
  }

  static Outcome skipped(String where, String reason) {
    return new Outcome(where, Status.SKIPPED, reason);
  }
}
