package org.facetdb.sql.session;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a session does, for others to see. Written by whoever has the session, read by any thread,
 * which sees each part as it was at some moment of late, not all of them at the same.
 */
final class SessionActivity {
  /** Stands for no snapshot. */
  static final long NONE = Long.MAX_VALUE;

  private static final long CALLED = -1;

  private final int id;
  private final String principal;
  private final AtomicLong idleSince = new AtomicLong(0);
  private final AtomicLong statementMillis = new AtomicLong(0);
  private final AtomicLong snapshot = new AtomicLong(NONE);
  private volatile @Nullable TransactionState transaction;

  /**
   * @param id the number by which {@code pg_locks} knows the session
   */
  SessionActivity(int id, String principal) {
    this.id = id;
    this.principal = principal;
  }

  int id() {
    return id;
  }

  String principal() {
    return principal;
  }

  /** A call of the client begins. */
  void called() {
    idleSince.setRelease(CALLED);
  }

  /**
   * The client's call is over.
   *
   * @param millis when, 0 where no transaction of the client's is open
   */
  void idle(long millis) {
    idleSince.setRelease(millis);
  }

  /** Since when the session is idle in a transaction, in milliseconds; 0 if it is not. */
  long idleSince() {
    return Math.max(0, idleSince.getAcquire());
  }

  boolean isCalled() {
    return idleSince.getAcquire() == CALLED;
  }

  void statementBegins(Instant now) {
    statementMillis.setRelease(now.toEpochMilli());
  }

  /** When the last statement began, in milliseconds; 0 if there was none. */
  long statementMillis() {
    return statementMillis.getAcquire();
  }

  /** A statement took a snapshot of its own. */
  void snapshotTaken(long timestamp) {
    snapshot.setRelease(Math.min(snapshot.getPlain(), timestamp));
  }

  /** The statement's snapshots are closed. */
  void snapshotsClosed() {
    snapshot.setRelease(NONE);
  }

  void transactionBegins(TransactionState begun) {
    transaction = begun;
  }

  void transactionEnds() {
    transaction = null;
  }

  /** The open transaction, of which the session's thread may see another one already. */
  @Nullable TransactionState transaction() {
    return transaction;
  }

  /** The oldest snapshot of the statement, those of the past included. */
  long statementSnapshot() {
    return snapshot.getAcquire();
  }
}
