package org.facetdb.fts;

import java.util.Arrays;
import org.apache.lucene.index.BaseTermsEnum;
import org.apache.lucene.index.ImpactsEnum;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.SlowImpactsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * The terms of one text as Lucene's terms of a field with one document. Immutable and thread-safe;
 * the enumerations that it hands out are not. Term i has the bytes from {@code termStarts[i]} to
 * {@code termStarts[i + 1]}, and positions likewise; terms ascend.
 */
final class RowField extends Terms {
  private static final int OBJECT_BYTES = 120;

  private final byte[] bytes;
  private final int[] termStarts;
  private final int[] positionStarts;
  private final int[] positions;
  private final long norm;

  RowField(byte[] bytes, int[] termStarts, int[] positionStarts, int[] positions, long norm) {
    this.bytes = bytes;
    this.termStarts = termStarts;
    this.positionStarts = positionStarts;
    this.positions = positions;
    this.norm = norm;
  }

  /** The length as the similarity encodes it. */
  long norm() {
    return norm;
  }

  /** About how many bytes of memory it holds. */
  long memoryBytes() {
    return OBJECT_BYTES
        + bytes.length
        + 4L * (termStarts.length + positionStarts.length + positions.length);
  }

  private int termCount() {
    return termStarts.length - 1;
  }

  @Override
  public TermsEnum iterator() {
    return new TermsCursor();
  }

  @Override
  public long size() {
    return termCount();
  }

  @Override
  public long getSumTotalTermFreq() {
    return positions.length;
  }

  @Override
  public long getSumDocFreq() {
    return termCount();
  }

  @Override
  public int getDocCount() {
    return 1;
  }

  @Override
  public boolean hasFreqs() {
    return true;
  }

  @Override
  public boolean hasOffsets() {
    return false;
  }

  @Override
  public boolean hasPositions() {
    return true;
  }

  @Override
  public boolean hasPayloads() {
    return false;
  }

  private final class TermsCursor extends BaseTermsEnum {
    private final BytesRef current = new BytesRef();
    private int term = -1;

    @Override
    public SeekStatus seekCeil(BytesRef text) {
      int low = 0;
      int high = termCount() - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        int order =
            Arrays.compareUnsigned(
                bytes,
                termStarts[middle],
                termStarts[middle + 1],
                text.bytes,
                text.offset,
                text.offset + text.length);
        if (order == 0) {
          moveTo(middle);
          return SeekStatus.FOUND;
        }
        if (order < 0) {
          low = middle + 1;
        } else {
          high = middle - 1;
        }
      }
      if (low == termCount()) {
        term = low;
        return SeekStatus.END;
      }
      moveTo(low);
      return SeekStatus.NOT_FOUND;
    }

    @Override
    public void seekExact(long ord) {
      moveTo((int) ord);
    }

    private void moveTo(int target) {
      term = target;
      current.bytes = bytes;
      current.offset = termStarts[target];
      current.length = termStarts[target + 1] - termStarts[target];
    }

    @Override
    public @Nullable BytesRef next() {
      if (term + 1 >= termCount()) {
        term = termCount();
        return null;
      }
      moveTo(term + 1);
      return current;
    }

    @Override
    public BytesRef term() {
      return current;
    }

    @Override
    public long ord() {
      return term;
    }

    @Override
    public int docFreq() {
      return 1;
    }

    @Override
    public long totalTermFreq() {
      return positionStarts[term + 1] - positionStarts[term];
    }

    @Override
    public PostingsEnum postings(@Nullable PostingsEnum reuse, int flags) {
      return new Occurrences(positions, positionStarts[term], positionStarts[term + 1]);
    }

    @Override
    public ImpactsEnum impacts(int flags) {
      return new SlowImpactsEnum(postings(null, flags));
    }
  }

  /** Document 0 with the positions of one term. */
  private static final class Occurrences extends PostingsEnum {
    private final int[] positions;
    private final int start;
    private final int end;
    private int next;
    private int doc = -1;

    Occurrences(int[] positions, int start, int end) {
      this.positions = positions;
      this.start = start;
      this.end = end;
      this.next = start;
    }

    @Override
    public int freq() {
      return end - start;
    }

    @Override
    public int nextPosition() {
      return positions[next++];
    }

    @Override
    public int startOffset() {
      return -1;
    }

    @Override
    public int endOffset() {
      return -1;
    }

    @Override
    public @Nullable BytesRef getPayload() {
      return null;
    }

    @Override
    public int docID() {
      return doc;
    }

    @Override
    public int nextDoc() {
      return advance(doc + 1);
    }

    @Override
    public int advance(int target) {
      next = start;
      doc = target <= 0 ? 0 : NO_MORE_DOCS;
      return doc;
    }

    @Override
    public long cost() {
      return 1;
    }
  }
}
