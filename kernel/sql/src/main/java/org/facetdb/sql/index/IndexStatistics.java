package org.facetdb.sql.index;

import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an index of a plug-in.
 *
 * @param columns names of the indexed columns, separated by commas
 * @param options of WITH as {@code name = 'value'}, separated by commas; null for none
 * @param version of the extension that serves, null where none does
 * @param problem why it isn't ready, null if it is
 * @param positionSequence the last commit that was given to the index
 * @param shownSequence the last commit whose rows the index itself finds and counts in its scores,
 *     at most the position: searches look up later rows in the log; null where it serves none
 * @param coversFrom the first time that the index answers for; null where it answers for none
 * @param replays how often it was opened from a checkpoint and read the log from there
 * @param rebuilds how often it was built anew
 * @param scanSearches searches that were answered by a scan of the table
 */
public record IndexStatistics(
    String name,
    String table,
    String method,
    String columns,
    @Nullable String options,
    String extension,
    @Nullable String version,
    String state,
    @Nullable String problem,
    @Nullable Integer format,
    @Nullable Long entries,
    long positionSequence,
    @Nullable Long shownSequence,
    @Nullable Long checkpointSequence,
    @Nullable OffsetDateTime coversFrom,
    long checkpoints,
    long replays,
    long rebuilds,
    long indexSearches,
    long scanSearches) {}
