package org.facetdb.storage.tree.table;

/** Which of the two trees a table belongs to. */
public enum TableKind {
  /** The newest known version of each key: one version of a key per file. */
  CURRENT(1),
  /** Superseded versions, each with its end: any number of versions of a key. */
  HISTORY(2);

  private final int code;

  TableKind(int code) {
    this.code = code;
  }

  /** The number that files hold. */
  public int code() {
    return code;
  }
}
