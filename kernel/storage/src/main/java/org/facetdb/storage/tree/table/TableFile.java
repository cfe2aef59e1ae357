package org.facetdb.storage.tree.table;

/**
 * What the blocks of one table have in common, and are verified against.
 *
 * @param place what messages call the file
 * @param number the table's number, which from version 3 on the checksum of each block covers
 * @param version format version of the file, and so of each of its blocks
 */
record TableFile(String place, long number, int version) {}
