package org.facetdb.sql.index;

import java.util.Locale;

/** What an index is doing. */
enum IndexState {
  /** It is opened from its checkpoint and reads the log. */
  OPENING,
  /** It is built from the table; searches scan meanwhile. */
  BUILDING,
  /** It follows the log and answers. */
  READY,
  /** Its plug-in failed again and again; searches scan. */
  FAILED,
  /** Its extension isn't there. */
  ABSENT;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
