package org.facetdb.fts;

import java.io.IOException;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.DocValuesSkipper;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafMetaData;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PointValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.index.StoredFieldVisitor;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.TermVectors;
import org.apache.lucene.index.Terms;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.Version;
import org.facetdb.spi.index.PreparedRow;
import org.jspecify.annotations.Nullable;

/**
 * A prepared row: a Lucene reader of one document that holds nothing but terms and lengths.
 * Immutable and thread-safe. It takes some hundred bytes, where Lucene's own index in memory takes
 * tens of kilobytes.
 */
final class RowReader extends LeafReader implements PreparedRow {
  private static final int OBJECT_BYTES = 400;
  private static final LeafMetaData META_DATA =
      new LeafMetaData(Version.LATEST.major, Version.LATEST, null, false);

  private final @Nullable RowField[] fields;
  private final FieldInfos fieldInfos;

  RowReader(@Nullable RowField[] fields, FieldInfos fieldInfos) {
    this.fields = fields;
    this.fieldInfos = fieldInfos;
  }

  @Override
  public long bytes() {
    long bytes = OBJECT_BYTES;
    for (RowField field : fields) {
      bytes += field == null ? 0 : field.memoryBytes();
    }
    return bytes;
  }

  private @Nullable RowField field(String name) {
    for (int i = 0; i < fields.length; i++) {
      if (RowDocuments.fieldName(i).equals(name)) {
        return fields[i];
      }
    }
    return null;
  }

  @Override
  public @Nullable Terms terms(String field) {
    return field(field);
  }

  @Override
  public @Nullable NumericDocValues getNormValues(String field) {
    RowField found = field(field);
    return found == null ? null : new Norm(found.norm());
  }

  @Override
  public FieldInfos getFieldInfos() {
    return fieldInfos;
  }

  @Override
  public int numDocs() {
    return 1;
  }

  @Override
  public int maxDoc() {
    return 1;
  }

  @Override
  public @Nullable Bits getLiveDocs() {
    return null;
  }

  @Override
  public LeafMetaData getMetaData() {
    return META_DATA;
  }

  @Override
  public void checkIntegrity() {}

  @Override
  protected void doClose() {}

  @Override
  public @Nullable CacheHelper getCoreCacheHelper() {
    return null;
  }

  @Override
  public @Nullable CacheHelper getReaderCacheHelper() {
    return null;
  }

  @Override
  public @Nullable NumericDocValues getNumericDocValues(String field) {
    return null;
  }

  @Override
  public @Nullable BinaryDocValues getBinaryDocValues(String field) {
    return null;
  }

  @Override
  public @Nullable SortedDocValues getSortedDocValues(String field) {
    return null;
  }

  @Override
  public @Nullable SortedNumericDocValues getSortedNumericDocValues(String field) {
    return null;
  }

  @Override
  public @Nullable SortedSetDocValues getSortedSetDocValues(String field) {
    return null;
  }

  @Override
  public @Nullable DocValuesSkipper getDocValuesSkipper(String field) {
    return null;
  }

  @Override
  public @Nullable FloatVectorValues getFloatVectorValues(String field) {
    return null;
  }

  @Override
  public @Nullable ByteVectorValues getByteVectorValues(String field) {
    return null;
  }

  @Override
  public void searchNearestVectors(
      String field, float[] target, KnnCollector collector, AcceptDocs accepted) {}

  @Override
  public void searchNearestVectors(
      String field, byte[] target, KnnCollector collector, AcceptDocs accepted) {}

  @Override
  public @Nullable PointValues getPointValues(String field) {
    return null;
  }

  @Override
  public TermVectors termVectors() {
    return TermVectors.EMPTY;
  }

  @Override
  public StoredFields storedFields() {
    return new StoredFields() {
      @Override
      public void document(int doc, StoredFieldVisitor visitor) throws IOException {
        throw new IOException("a prepared row stores no fields");
      }
    };
  }

  /** The length of the one document. */
  private static final class Norm extends NumericDocValues {
    private final long norm;
    private int doc = -1;

    Norm(long norm) {
      this.norm = norm;
    }

    @Override
    public long longValue() {
      return norm;
    }

    @Override
    public boolean advanceExact(int target) {
      doc = target;
      return target == 0;
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
      doc = target <= 0 ? 0 : NO_MORE_DOCS;
      return doc;
    }

    @Override
    public long cost() {
      return 1;
    }
  }
}
