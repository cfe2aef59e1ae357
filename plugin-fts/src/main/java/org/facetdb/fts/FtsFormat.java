package org.facetdb.fts;

/**
 * Versions of what a checkpoint holds. Version 2 writes the ends of entries in fewer bytes;
 * Lucene's files are the same in both.
 */
enum FtsFormat {
  FIXED_ENDS(1),
  DELTA_ENDS(2);

  private final int number;

  FtsFormat(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  /** Whether a plug-in that writes this format understands another. */
  boolean reads(int other) {
    return other >= FIXED_ENDS.number && other <= number;
  }

  /** The format that a version of the plug-in writes: 2 from version 0.2 on. */
  static FtsFormat ofVersion(String version) {
    String[] parts = version.split("[.\\-+]");
    int major = number(parts, 0);
    return major > 0 || number(parts, 1) >= 2 ? DELTA_ENDS : FIXED_ENDS;
  }

  private static int number(String[] parts, int index) {
    boolean given = index < parts.length && parts[index].matches("\\d{1,9}");
    return given ? Integer.parseInt(parts[index]) : 0;
  }
}
