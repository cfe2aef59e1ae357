package org.facetdb.fts;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.BytesRef;
import org.facetdb.spi.index.RowIdSet;
import org.jspecify.annotations.Nullable;

/**
 * Row id, begin and end of each document of one segment, on the heap. Searches read while the
 * applier sets ends: that is safe because a view is searched with snapshots that its later ends
 * don't touch. Loading and setting ends hold this object's lock. An end changes once, from open to
 * its value.
 */
final class SegmentTimes {
  static final String ROW_ID = "row";
  static final String BEGIN = "begin";

  /** To find a row's documents by its term takes as long as to look at so many documents. */
  private static final int DOCUMENTS_PER_LOOKUP = 256;

  private static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(long[].class);

  private volatile LeafReader reader;
  private long[] rowIds = new long[0];
  private long[] begins = new long[0];
  private long beginMax = Long.MIN_VALUE;
  private long rowIdMin = Long.MAX_VALUE;
  private long rowIdMax = Long.MIN_VALUE;
  private boolean loaded;
  private int endedCount;
  private volatile long @Nullable [] ends;

  private long countedWatermark = Long.MIN_VALUE;
  private int countedEnded;
  private int expiredCount;

  SegmentTimes(LeafReader reader) {
    this.reader = reader;
  }

  /** Takes the reader that is open now, from which later look-ups read. */
  void use(LeafReader open) {
    reader = open;
  }

  /** Bytes of the arrays, ends included. */
  long bytes() {
    return 24L * reader.maxDoc();
  }

  synchronized void load(EndTimes endTimes) throws IOException {
    if (loaded) {
      return;
    }
    rowIds = values(ROW_ID);
    begins = values(BEGIN);
    boolean anyEnds = endTimes.size() > 0;
    for (int doc = 0; doc < rowIds.length; doc++) {
      beginMax = Math.max(beginMax, begins[doc]);
      rowIdMin = Math.min(rowIdMin, rowIds[doc]);
      rowIdMax = Math.max(rowIdMax, rowIds[doc]);
      if (anyEnds) {
        setEnd(doc, endTimes.firstAfter(rowIds[doc], begins[doc]));
      }
    }
    loaded = true;
  }

  private long[] values(String field) throws IOException {
    NumericDocValues source = Objects.requireNonNull(reader.getNumericDocValues(field));
    long[] target = new long[reader.maxDoc()];
    for (int doc = source.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = source.nextDoc()) {
      target[doc] = source.longValue();
    }
    return target;
  }

  private void setEnd(int doc, long end) {
    if (end == EndTimes.OPEN) {
      return;
    }
    long[] array = ends;
    if (array == null) {
      array = new long[rowIds.length];
      Arrays.fill(array, EndTimes.OPEN);
      ends = array;
    }
    if (array[doc] == EndTimes.OPEN) {
      ELEMENT.setOpaque(array, doc, end);
      endedCount++;
    }
  }

  /** Sets the ends of rows' entries. */
  synchronized void applyEnds(EndedRows ended, EndTimes endTimes) throws IOException {
    if (!loaded || ended.max() < rowIdMin || ended.min() > rowIdMax) {
      return;
    }
    if (rowIds.length <= (long) ended.count() * DOCUMENTS_PER_LOOKUP) {
      applyEndsInOrder(ended, endTimes);
    } else {
      applyEndsByLookup(ended, endTimes);
    }
  }

  private void applyEndsInOrder(EndedRows ended, EndTimes endTimes) {
    for (int doc = 0; doc < rowIds.length; doc++) {
      if (ended.contains(rowIds[doc])) {
        setEnd(doc, endTimes.firstAfter(rowIds[doc], begins[doc]));
      }
    }
  }

  private void applyEndsByLookup(EndedRows ended, EndTimes endTimes) throws IOException {
    LeafReader open = reader;
    if (!open.tryIncRef()) {
      return;
    }
    try {
      Lookup lookup = new Lookup(open);
      for (int i = 0; i < ended.count(); i++) {
        long rowId = ended.rowId(i);
        if (rowId < rowIdMin || rowId > rowIdMax) {
          continue;
        }
        DocIdSetIterator docs = lookup.find(rowId);
        while (docs.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
          setEnd(docs.docID(), endTimes.firstAfter(rowId, begins[docs.docID()]));
        }
      }
    } finally {
      open.decRef();
    }
  }

  /** Whether there is an entry of the row that began then. Called by the applier. */
  boolean contains(long rowId, long begin) throws IOException {
    if (rowId < rowIdMin || rowId > rowIdMax || begin > beginMax) {
      return false;
    }
    DocIdSetIterator docs = new Lookup(reader).find(rowId);
    while (docs.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
      if (begins[docs.docID()] == begin) {
        return true;
      }
    }
    return false;
  }

  long rowId(int doc) {
    return rowIds[doc];
  }

  /** When a document's entry ended, {@link EndTimes#OPEN} if it holds. */
  long end(int doc) {
    long[] array = ends;
    return array == null ? EndTimes.OPEN : (long) ELEMENT.getOpaque(array, doc);
  }

  boolean hasEnds() {
    return ends != null;
  }

  int documents() {
    return rowIds.length;
  }

  /** How many documents' entries ended at or before a time. */
  synchronized int expiredCount(long watermark) {
    long[] array = ends;
    if (array == null) {
      return 0;
    }
    if (watermark != countedWatermark || endedCount != countedEnded) {
      int expired = 0;
      for (long end : array) {
        if (end <= watermark) {
          expired++;
        }
      }
      expiredCount = expired;
      countedWatermark = watermark;
      countedEnded = endedCount;
    }
    return expiredCount;
  }

  /** Which documents a search may find; null if all of them. */
  @Nullable Visibility visibility(
      long snapshot, @Nullable RowIdSet only, @Nullable RowIdSet except) {
    long[] currentEnds = ends;
    boolean checkBegins = beginMax > snapshot;
    boolean checkRows = only != null || except != null;
    if (currentEnds == null && !checkBegins && !checkRows) {
      return null;
    }
    return new Visibility(
        checkBegins ? begins : null,
        currentEnds,
        checkRows ? rowIds : null,
        snapshot,
        only,
        except);
  }

  /** The check of one search in one segment. Immutable. */
  static final class Visibility {
    private final long @Nullable [] begins;
    private final long @Nullable [] ends;
    private final long @Nullable [] rowIds;
    private final long snapshot;
    private final @Nullable RowIdSet only;
    private final @Nullable RowIdSet except;

    Visibility(
        long @Nullable [] begins,
        long @Nullable [] ends,
        long @Nullable [] rowIds,
        long snapshot,
        @Nullable RowIdSet only,
        @Nullable RowIdSet except) {
      this.begins = begins;
      this.ends = ends;
      this.rowIds = rowIds;
      this.snapshot = snapshot;
      this.only = only;
      this.except = except;
    }

    boolean test(int doc) {
      return (begins == null || begins[doc] <= snapshot)
          && (ends == null || snapshot < (long) ELEMENT.getOpaque(ends, doc))
          && (rowIds == null || wanted(rowIds[doc]));
    }

    private boolean wanted(long rowId) {
      return (only == null || only.contains(rowId)) && (except == null || !except.contains(rowId));
    }
  }

  /** Finds the documents of rows by the term of their id. */
  private static final class Lookup {
    private final @Nullable TermsEnum terms;
    private final byte[] key = new byte[Long.BYTES];
    private @Nullable PostingsEnum postings;

    Lookup(LeafReader reader) throws IOException {
      Terms field = reader.terms(ROW_ID);
      terms = field == null ? null : field.iterator();
    }

    DocIdSetIterator find(long rowId) throws IOException {
      RowDocuments.encodeRowId(rowId, key);
      if (terms == null || !terms.seekExact(new BytesRef(key))) {
        return DocIdSetIterator.empty();
      }
      PostingsEnum found = terms.postings(postings, PostingsEnum.NONE);
      postings = found;
      return found;
    }
  }
}
