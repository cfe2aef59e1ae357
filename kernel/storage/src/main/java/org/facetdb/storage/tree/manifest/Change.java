package org.facetdb.storage.tree.manifest;

import org.facetdb.storage.tree.table.TableInfo;
import org.facetdb.storage.tree.table.TableKind;

/** One change of the tree's durable state; an edit is a list of them that holds as a whole. */
public sealed interface Change {
  /** A table joins a level, or a run of the history. */
  record AddTable(int level, TableInfo table) implements Change {}

  /** A table leaves its level. */
  record RemoveTable(TableKind kind, long number) implements Change {}

  /** Every commit up to a sequence is in tables; the timestamp is that commit's. */
  record Flushed(long sequence, long timestamp) implements Change {}

  /** The smallest file number that was never given out. */
  record NextFile(long number) implements Change {}

  /** The smallest key-space id that was never given out. */
  record NextKeySpace(int id) implements Change {}

  /** A key space is made, dropped, or loses old versions. */
  record PutKeySpace(int id, KeySpaceState state) implements Change {}

  /** Nothing of a dropped key space is left. */
  record ForgetKeySpace(int id) implements Change {}

  /** The log had a segment with this number, and none with a larger one that is known. */
  record NewestSegment(long number) implements Change {}
}
