package org.facetdb.parser;

import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/**
 * A pair of an option list: a lower-case name and a literal or identifier, or null where the name
 * stands alone.
 */
public record Option(String name, @Nullable SqlNode value) {}
