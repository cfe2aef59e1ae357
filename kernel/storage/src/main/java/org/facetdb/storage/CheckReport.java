package org.facetdb.storage;

import java.util.List;

/**
 * What a check of a store found.
 *
 * @param problems one line per damage, with file, offset, expected and found; empty if all is well
 * @param keySpaces how many key spaces exist, 0 if the manifest could not be read
 * @param lastSequence log sequence of the last commit, 0 if the log could not be read
 */
public record CheckReport(List<String> problems, int keySpaces, long lastSequence) {
  public CheckReport {
    problems = List.copyOf(problems);
  }

  /** Whether every checksum and every structure is as it should be. */
  public boolean isClean() {
    return problems.isEmpty();
  }
}
