package org.facetdb.storage.backup;

import java.util.function.Supplier;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.log.Timeline;
import org.facetdb.storage.log.WriteAheadLog;
import org.facetdb.storage.side.StoreSideFiles;
import org.facetdb.storage.tree.LsmTree;

/**
 * The parts of an open store, which stays their owner.
 *
 * @param checkOpen throws once the store closes
 * @param settle waits until the commits in flight are published
 * @param published gives the last published commit, without waiting
 */
public record BackupSource(
    FileSystem files,
    WriteAheadLog log,
    Timeline timeline,
    LsmTree tree,
    StoreSideFiles side,
    Runnable checkOpen,
    Runnable settle,
    Supplier<Timeline.Commit> published) {}
