package org.facetdb.storage;

/**
 * What a backup holds, or what was restored from it.
 *
 * @param sequence of the last commit in it: every commit up to it, and none after it
 * @param timestamp of that commit; 0 if there is none
 * @param files how many files make it up
 * @param bytes size of them
 * @param copiedFiles how many of them were copied; the others were there from an earlier backup
 * @param copiedBytes size of those
 */
public record BackupReport(
    long sequence, long timestamp, int files, long bytes, int copiedFiles, long copiedBytes) {}
