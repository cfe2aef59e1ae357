package org.facetdb.storage.fs;

/**
 * The places of the code that sync a file or a directory. Each call names its place, so that the
 * crash harness can leave out one place at a time and prove that it notices.
 */
public enum SyncSite {
  /** Commit records, before their committers are told. */
  LOG_RECORDS,
  /** The end of the log as recovery has read it, before anything relies on it. */
  LOG_TAIL,
  /** A new segment's header, before the first record is written behind it. */
  LOG_SEGMENT,
  /** The name of a new segment, before a record in it is acknowledged. */
  LOG_DIRECTORY,
  /** The sequences and timestamps of a segment's commits, before the segment is used again. */
  TIMELINE,
  /** The end of the timeline as it was read, before a segment is used again. */
  TIMELINE_TAIL,
  /** The name of a new timeline file, before a segment is used again. */
  TIMELINE_DIRECTORY,
  /** A finished sstable, before the manifest names it. */
  SSTABLE,
  /** The name of a finished sstable, before the manifest names it. */
  SSTABLE_DIRECTORY,
  /** A manifest edit, before anything relies on it. */
  MANIFEST_EDIT,
  /** A new manifest file, before CURRENT names it. */
  MANIFEST_FILE,
  /** The name of a new manifest, before CURRENT names it. */
  MANIFEST_DIRECTORY,
  /** The file that is renamed to CURRENT. */
  CURRENT_FILE,
  /** The name CURRENT after its rename. */
  CURRENT_DIRECTORY,
  /** A file beside log and tree, before a commit names it. */
  SIDE_FILE,
  /** The name of such a file, before a commit names it. */
  SIDE_NAME,
  /** The name of a directory of such files, before it is handed out. */
  SIDE_DIRECTORY,
  /** A file of a backup, before the descriptor names it. */
  BACKUP_FILE,
  /** The names of a backup's files, before the descriptor names them. */
  BACKUP_DIRECTORY,
  /** A backup's descriptor, before it gets its name. */
  BACKUP_DESCRIPTOR,
  /** The name of a backup's descriptor, before the backup is reported as done. */
  BACKUP_NAME,
  /** An archived segment of the log, or what is known of it, before it gets its name. */
  ARCHIVE_FILE,
  /** The names of an archived segment, before the store may use its file again. */
  ARCHIVE_NAME,
  /** The mark of a directory into which a restore has begun, before anything is copied. */
  RESTORE_BEGIN,
  /** A restored file, before the mark goes. */
  RESTORE_FILE,
  /** The names of restored files, before the mark goes. */
  RESTORE_DIRECTORY,
  /** The end of a restore: the mark is gone. */
  RESTORE_END
}
