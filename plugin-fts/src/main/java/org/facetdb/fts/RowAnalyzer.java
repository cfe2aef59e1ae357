package org.facetdb.fts;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.PositionIncrementAttribute;
import org.apache.lucene.analysis.tokenattributes.TermToBytesRefAttribute;
import org.apache.lucene.index.DocValuesSkipIndexType;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FieldInvertState;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.similarities.Similarity;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.InPlaceMergeSorter;
import org.apache.lucene.util.Version;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a row's texts into terms just as Lucene's writer does, into a reader of one document.
 * Thread-safe. The same tokens, positions and lengths come out, so that a prepared row gets the
 * score that it gets from the index.
 */
final class RowAnalyzer {
  private final int columnCount;
  private final Analyzer analyzer;
  private final Similarity similarity;
  private final FieldInfos fieldInfos;

  RowAnalyzer(int columnCount, Analyzer analyzer, Similarity similarity) {
    this.columnCount = columnCount;
    this.analyzer = analyzer;
    this.similarity = similarity;
    FieldInfo[] infos = new FieldInfo[columnCount];
    for (int i = 0; i < columnCount; i++) {
      infos[i] = fieldInfo(RowDocuments.fieldName(i), i);
    }
    this.fieldInfos = new FieldInfos(infos);
  }

  private static FieldInfo fieldInfo(String name, int number) {
    return new FieldInfo(
        name,
        number,
        false,
        false,
        false,
        IndexOptions.DOCS_AND_FREQS_AND_POSITIONS,
        DocValuesType.NONE,
        DocValuesSkipIndexType.NONE,
        -1,
        Map.of(),
        0,
        0,
        0,
        0,
        VectorEncoding.FLOAT32,
        VectorSimilarityFunction.EUCLIDEAN,
        false,
        false);
  }

  RowReader prepare(Batch values, int row) throws IOException {
    @Nullable RowField[] fields = new RowField[columnCount];
    for (int i = 0; i < columnCount; i++) {
      BytesVector texts = (BytesVector) values.column(i);
      if (!texts.isNull(row)) {
        fields[i] = field(RowDocuments.fieldName(i), texts.getString(row));
      }
    }
    return new RowReader(fields, fieldInfos);
  }

  private @Nullable RowField field(String name, String text) throws IOException {
    Tokens tokens = new Tokens(text.length() / 6 + 4);
    try (TokenStream stream = analyzer.tokenStream(name, text)) {
      TermToBytesRefAttribute term = stream.getAttribute(TermToBytesRefAttribute.class);
      PositionIncrementAttribute increment = stream.addAttribute(PositionIncrementAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        tokens.add(term.getBytesRef(), increment.getPositionIncrement());
      }
      stream.end();
    }
    if (tokens.count == 0) {
      return null;
    }
    FieldInvertState state =
        new FieldInvertState(
            Version.LATEST.major,
            name,
            IndexOptions.DOCS_AND_FREQS_AND_POSITIONS,
            tokens.position,
            tokens.count,
            tokens.overlaps,
            0,
            0,
            0);
    return tokens.toField(similarity.computeNorm(state));
  }

  /** The tokens of one text in order, then sorted by term. */
  private static final class Tokens extends InPlaceMergeSorter {
    private byte[] bytes;
    private int used;
    private int[] starts;
    private int[] lengths;
    private int[] positions;
    private int count;
    private int position = -1;
    private int overlaps;

    Tokens(int expected) {
      bytes = new byte[8 * expected];
      starts = new int[expected];
      lengths = new int[expected];
      positions = new int[expected];
    }

    void add(BytesRef term, int increment) {
      if (count == starts.length) {
        starts = ArrayUtil.grow(starts);
        lengths = ArrayUtil.growExact(lengths, starts.length);
        positions = ArrayUtil.growExact(positions, starts.length);
      }
      bytes = ArrayUtil.grow(bytes, used + term.length);
      System.arraycopy(term.bytes, term.offset, bytes, used, term.length);
      position += increment;
      overlaps += increment == 0 ? 1 : 0;
      starts[count] = used;
      lengths[count] = term.length;
      positions[count] = position;
      count++;
      used += term.length;
    }

    @Override
    protected int compare(int i, int j) {
      return Arrays.compareUnsigned(
          bytes, starts[i], starts[i] + lengths[i], bytes, starts[j], starts[j] + lengths[j]);
    }

    @Override
    protected void swap(int i, int j) {
      swap(starts, i, j);
      swap(lengths, i, j);
      swap(positions, i, j);
    }

    private static void swap(int[] array, int i, int j) {
      int held = array[i];
      array[i] = array[j];
      array[j] = held;
    }

    /** The field; positions of a term ascend because the sort is stable. */
    RowField toField(long norm) {
      sort(0, count);
      int terms = 0;
      int termBytes = 0;
      for (int i = 0; i < count; i++) {
        if (i == 0 || compare(i - 1, i) != 0) {
          terms++;
          termBytes += lengths[i];
        }
      }
      byte[] sorted = new byte[termBytes];
      int[] termStarts = new int[terms + 1];
      int[] positionStarts = new int[terms + 1];
      int term = 0;
      int at = 0;
      for (int i = 0; i < count; i++) {
        if (i == 0 || compare(i - 1, i) != 0) {
          System.arraycopy(bytes, starts[i], sorted, at, lengths[i]);
          termStarts[term] = at;
          positionStarts[term] = i;
          at += lengths[i];
          term++;
        }
      }
      termStarts[terms] = at;
      positionStarts[terms] = count;
      return new RowField(
          sorted, termStarts, positionStarts, ArrayUtil.copyOfSubArray(positions, 0, count), norm);
    }
  }
}
