package org.facetdb.sql;

import java.util.Objects;

/**
 * One statement of a script.
 *
 * @param sql the statement's text, without its semicolon
 * @param offset where the text begins in the script, in characters from 0
 */
public record StatementText(String sql, int offset) {
  public StatementText {
    Objects.requireNonNull(sql);
    if (offset < 0) {
      throw new IllegalArgumentException("offset must not be negative: offset=" + offset);
    }
  }
}
