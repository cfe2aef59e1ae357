package org.facetdb.cli;

/** How rows are shown. */
enum ResultFormat {
  /** Aligned columns under a header. */
  TABLE,
  /** A header and comma-separated values. */
  CSV,
  /** An array of objects, one object a line. */
  JSON,
  /** A line per value, a block per row. */
  LINE
}
