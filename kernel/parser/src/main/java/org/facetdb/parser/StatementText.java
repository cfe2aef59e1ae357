package org.facetdb.parser;

/** One statement of a script: its text without the semicolon, and its offset in the script. */
public record StatementText(String sql, int offset) {}
