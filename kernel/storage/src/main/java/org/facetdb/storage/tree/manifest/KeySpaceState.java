package org.facetdb.storage.tree.manifest;

import org.facetdb.storage.KeySpaceOptions;

/**
 * A key space as the manifest knows it.
 *
 * @param options how it is kept
 * @param droppedAt hybrid time at which it was dropped, 0 if it was not
 * @param watermark timestamp below which its versions may be gone
 */
public record KeySpaceState(KeySpaceOptions options, long droppedAt, long watermark) {}
