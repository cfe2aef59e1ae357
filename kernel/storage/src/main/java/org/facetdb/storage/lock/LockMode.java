package org.facetdb.storage.lock;

/**
 * How a lock is held: PostgreSQL's eight modes, with their table of conflicts (its documentation,
 * section 13.3). Locks of rows are held in four of them: {@code FOR KEY SHARE} in {@link
 * #ACCESS_SHARE}, {@code FOR SHARE} in {@link #ROW_SHARE}, {@code FOR NO KEY UPDATE} in {@link
 * #EXCLUSIVE} and {@code FOR UPDATE} in {@link #ACCESS_EXCLUSIVE}.
 */
public enum LockMode {
  ACCESS_SHARE("AccessShareLock"),
  ROW_SHARE("RowShareLock"),
  ROW_EXCLUSIVE("RowExclusiveLock"),
  SHARE_UPDATE_EXCLUSIVE("ShareUpdateExclusiveLock"),
  SHARE("ShareLock"),
  SHARE_ROW_EXCLUSIVE("ShareRowExclusiveLock"),
  EXCLUSIVE("ExclusiveLock"),
  ACCESS_EXCLUSIVE("AccessExclusiveLock");

  private static final LockMode[] MODES = values();
  private static final int[] CONFLICTS = {
    bits(ACCESS_EXCLUSIVE),
    bits(EXCLUSIVE, ACCESS_EXCLUSIVE),
    bits(SHARE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE),
    bits(SHARE_UPDATE_EXCLUSIVE, SHARE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE),
    bits(ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, SHARE_ROW_EXCLUSIVE, EXCLUSIVE, ACCESS_EXCLUSIVE),
    bits(
        ROW_EXCLUSIVE,
        SHARE_UPDATE_EXCLUSIVE,
        SHARE,
        SHARE_ROW_EXCLUSIVE,
        EXCLUSIVE,
        ACCESS_EXCLUSIVE),
    bits(MODES) & ~bits(ACCESS_SHARE),
    bits(MODES)
  };

  private final String lockName;

  LockMode(String lockName) {
    this.lockName = lockName;
  }

  /** The name that {@code pg_locks} has for it. */
  public String lockName() {
    return lockName;
  }

  private static int bits(LockMode... modes) {
    int bits = 0;
    for (LockMode mode : modes) {
      bits |= 1 << mode.ordinal();
    }
    return bits;
  }

  /** The mode as a bit of a set. */
  int bit() {
    return 1 << ordinal();
  }

  /** The set of the modes that nobody else may hold beside this one. */
  int conflicts() {
    return CONFLICTS[ordinal()];
  }

  /** Whether who holds a set of modes keeps out all whom this one would. */
  boolean isCoveredBy(int held) {
    for (LockMode mode : MODES) {
      if ((held & mode.bit()) != 0 && (conflicts() & ~mode.conflicts()) == 0) {
        return true;
      }
    }
    return false;
  }

  static LockMode[] all() {
    return MODES;
  }
}
