package org.facetdb.storage;

/** What a commit waits for before it returns. */
public enum Durability {
  /** The commit record is synced to the device. */
  SYNC,
  /**
   * The commit record is handed to the operating system: it survives the process, not the machine.
   */
  NONE
}
