package org.facetdb.storage.tree;

import java.util.List;
import org.facetdb.storage.tree.memtable.Memtable;

/**
 * Everything that a read consults: the memtables, newest first, and the tables. Immutable.
 *
 * @param active the memtable that takes writes
 * @param frozen full ones that wait for their flush, newest first
 * @param version the tables
 */
record View(Memtable active, List<Memtable> frozen, Version version) {}
