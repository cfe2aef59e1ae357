package org.facetdb.sql.session;

import org.facetdb.parser.SetVariable;
import org.facetdb.storage.Durability;

/**
 * The settings of a session: what holds now, what a rollback goes back to, and what a commit
 * leaves, which lacks what SET LOCAL has changed. Used by the session's thread.
 */
final class SessionSettings {
  private static final String DEFAULT_ISOLATION = "default_transaction_isolation";
  private static final String ISOLATION = "transaction_isolation";
  private static final String DEFERRABLE = "default_transaction_deferrable";
  private static final String READ_ONLY = "default_transaction_read_only";

  private Settings current;
  private Settings atBegin;
  private Settings afterCommit;

  SessionSettings(Settings initial) {
    this.current = initial;
    this.atBegin = initial;
    this.afterCommit = initial;
  }

  /** What holds now. */
  Settings current() {
    return current;
  }

  /** Until the end of the transaction where the statement is local, of the session otherwise. */
  void set(SetVariable set) {
    current = SettingStatements.set(current, set);
    if (!set.local()) {
      afterCommit = SettingStatements.set(afterCommit, set);
    }
  }

  void setReadOnlyByDefault(boolean readOnly) {
    current = current.with(READ_ONLY, readOnly ? "on" : "off");
    afterCommit = afterCommit.with(READ_ONLY, readOnly ? "on" : "off");
  }

  void setDefaultIsolation(Isolation isolation) {
    current = current.with(DEFAULT_ISOLATION, isolation.level());
    afterCommit = afterCommit.with(DEFAULT_ISOLATION, isolation.level());
  }

  /** What a transaction that names no level has. */
  Isolation isolation() {
    return Isolation.of(current.get(DEFAULT_ISOLATION));
  }

  boolean isSerializableByDefault() {
    return current.get(DEFAULT_ISOLATION).equals(Isolation.SERIALIZABLE.level());
  }

  /** Shows the level of the transaction until it ends. */
  void setIsolation(Isolation isolation) {
    if (!current.get(ISOLATION).equals(isolation.level())) {
      current = current.with(ISOLATION, isolation.level());
    }
  }

  boolean isReadOnlyByDefault() {
    return current.get(READ_ONLY).equals("on");
  }

  void setDeferrableByDefault(boolean deferrable) {
    current = current.with(DEFERRABLE, deferrable ? "on" : "off");
    afterCommit = afterCommit.with(DEFERRABLE, deferrable ? "on" : "off");
  }

  boolean isDeferrableByDefault() {
    return current.get(DEFERRABLE).equals("on");
  }

  void begin() {
    atBegin = current;
    afterCommit = current;
  }

  /** Ends a transaction that is about to commit; until it has, a failure leaves what was before. */
  Durability beginCommit() {
    Durability durability = current.durability();
    current = atBegin;
    return durability;
  }

  void endCommit() {
    current = afterCommit;
  }

  /** Goes back; true if that changes anything. */
  boolean rollback() {
    boolean changed = current != atBegin;
    current = atBegin;
    return changed;
  }
}
