package org.facetdb.storage.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Which modes go together. */
class LockModeTest {
  /** Tables 13.2 of PostgreSQL's manual, a row for what is asked, a column for what is held. */
  private static final String[] OF_TABLES = {
    "       x", "      xx", "    xxxx", "   xxxxx", "  xx xxx", "  xxxxxx", " xxxxxxx", "xxxxxxxx"
  };

  @Test
  void conflictsAreThoseOfTheManual() {
    for (LockMode asked : LockMode.values()) {
      for (LockMode held : LockMode.values()) {
        boolean conflict = OF_TABLES[asked.ordinal()].charAt(held.ordinal()) == 'x';
        assertEquals(conflict, (asked.conflicts() & held.bit()) != 0, asked + " beside " + held);
        assertEquals(conflict, (held.conflicts() & asked.bit()) != 0, held + " beside " + asked);
      }
    }
  }

  @Test
  void aModeCoversThoseThatKeepOutNobodyElse() {
    assertTrue(LockMode.ACCESS_SHARE.isCoveredBy(LockMode.EXCLUSIVE.bit()));
    assertTrue(LockMode.ROW_SHARE.isCoveredBy(LockMode.EXCLUSIVE.bit()));
    assertTrue(LockMode.EXCLUSIVE.isCoveredBy(LockMode.ACCESS_EXCLUSIVE.bit()));
    assertFalse(LockMode.EXCLUSIVE.isCoveredBy(LockMode.ROW_SHARE.bit()));
    assertFalse(LockMode.SHARE.isCoveredBy(LockMode.ROW_EXCLUSIVE.bit()));
    assertFalse(LockMode.ACCESS_SHARE.isCoveredBy(0));
  }
}
