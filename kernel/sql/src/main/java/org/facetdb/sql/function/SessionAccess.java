package org.facetdb.sql.function;

/** What functions ask of the session that calls them. Used by its thread. */
public interface SessionAccess {
  /** A context that knows its session. */
  interface Holder {
    /**
     * The session.
     *
     * @throws org.facetdb.spi.DatabaseException 0A000 where none is at work, as in a default that
     *     is checked
     */
    SessionAccess session();
  }

  /** The number by which {@code pg_locks} knows the session. */
  int id();

  /**
   * Takes an advisory lock.
   *
   * @param pair whether the key is two numbers of 32 bits, the first one above
   * @param forSession until it is given back as often, else until the transaction ends
   * @param waits whether to wait for others
   * @return whether the lock was taken; always true of one that waits
   */
  boolean lockAdvisory(long key, boolean pair, boolean shared, boolean forSession, boolean waits);

  /** Gives an advisory lock of the session back; false if it has not got it. */
  boolean unlockAdvisory(long key, boolean pair, boolean shared);

  /** Gives all advisory locks of the session back. */
  void unlockAllAdvisory();
}
