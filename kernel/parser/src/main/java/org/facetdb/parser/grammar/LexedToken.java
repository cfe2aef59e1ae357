package org.facetdb.parser.grammar;

import org.jspecify.annotations.Nullable;

/** A token with its place in the text and, for a string, its value. Confined to one parse. */
final class LexedToken extends Token {
  /** The offset of the first character, in UTF-16 units from 0. */
  int offset;

  /** The value of a string literal, escapes resolved; null for other tokens. */
  @Nullable String value;
}
