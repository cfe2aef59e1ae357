package org.facetdb.fts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.Vector;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ends reach the documents of their rows, whether few or many rows of a segment ended. */
class SegmentTimesTest {
  private static final int ROWS = 4_000;

  /** Few rows are looked up one by one; from 24 on, the documents are gone through in order. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 23, 24, 100, 2_000, ROWS})
  void endsReachTheDocumentsOfTheirRows(int ended) throws IOException {
    SplittableRandom random = new SplittableRandom(ended);
    try (ByteBuffersDirectory directory = new ByteBuffersDirectory()) {
      index(directory, random);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        LeafReader leaf = reader.leaves().getFirst().reader();
        EndTimes endTimes = new EndTimes();
        SegmentTimes times = new SegmentTimes(leaf);
        times.load(endTimes);
        Map<Long, Long> ends = new HashMap<>();
        long[] rows = new long[ended];
        for (int i = 0; i < ended; i++) {
          // Every second one may lie beyond the segment's rows, or between them.
          rows[i] = i % 2 == 0 ? 3L * random.nextInt(ROWS) : random.nextLong(4L * ROWS);
          long end = 10_000 + i;
          if (ends.putIfAbsent(rows[i], end) == null) {
            endTimes.add(rows[i], end);
          }
        }
        times.applyEnds(new EndedRows(rows, ended), endTimes);
        assertEquals(ROWS, leaf.maxDoc());
        for (int doc = 0; doc < ROWS; doc++) {
          long row = times.rowId(doc);
          assertEquals(ends.getOrDefault(row, EndTimes.OPEN), times.end(doc), "row " + row);
        }
      }
    }
  }

  /** Rows 0, 3, 6, … in random order, in one segment. */
  private static void index(ByteBuffersDirectory directory, SplittableRandom random)
      throws IOException {
    long[] rows = new long[ROWS];
    for (int i = 0; i < ROWS; i++) {
      int at = random.nextInt(i + 1);
      rows[i] = rows[at];
      rows[at] = 3L * i;
    }
    RowDocuments documents = new RowDocuments(0);
    Batch none = new Batch(new Vector[0], 1);
    try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
      for (int i = 0; i < ROWS; i++) {
        writer.addDocument(documents.of(rows[i], 1 + i, none, 0));
      }
      writer.forceMerge(1);
    }
  }
}
