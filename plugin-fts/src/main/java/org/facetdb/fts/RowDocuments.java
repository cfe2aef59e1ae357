package org.facetdb.fts;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.util.BytesRef;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;

/**
 * Makes Lucene's documents from rows. Used by the applier alone: fields are reused from row to row.
 * A column is a field named by its position, so that a column may be renamed.
 */
final class RowDocuments {
  private static final FieldType ROW_ID_TYPE = rowIdType();

  private final List<Field> columns = new ArrayList<>();
  private final byte[] rowKey = new byte[Long.BYTES];
  private final Field rowTerm = new Field(SegmentTimes.ROW_ID, new BytesRef(rowKey), ROW_ID_TYPE);
  private final Field rowId = new NumericDocValuesField(SegmentTimes.ROW_ID, 0);
  private final Field begin = new NumericDocValuesField(SegmentTimes.BEGIN, 0);
  private final List<IndexableField> document = new ArrayList<>();

  RowDocuments(int columnCount) {
    for (int i = 0; i < columnCount; i++) {
      columns.add(new TextField(fieldName(i), "", Field.Store.NO));
    }
  }

  private static FieldType rowIdType() {
    FieldType type = new FieldType();
    type.setTokenized(false);
    type.setOmitNorms(true);
    type.setIndexOptions(IndexOptions.DOCS);
    type.freeze();
    return type;
  }

  /** The field of a column. No text of a query names it, because of the control character. */
  static String fieldName(int column) {
    return "\u0001" + column;
  }

  static void encodeRowId(long rowId, byte[] target) {
    ByteBuffer.wrap(target).putLong(rowId);
  }

  /** The document of a row, valid until the next call. */
  Iterable<IndexableField> of(long row, long beginTime, Batch values, int index) {
    document.clear();
    encodeRowId(row, rowKey);
    rowTerm.setBytesValue(new BytesRef(rowKey));
    rowId.setLongValue(row);
    begin.setLongValue(beginTime);
    document.add(rowTerm);
    document.add(rowId);
    document.add(begin);
    for (int i = 0; i < columns.size(); i++) {
      BytesVector texts = (BytesVector) values.column(i);
      if (!texts.isNull(index)) {
        columns.get(i).setStringValue(texts.getString(index));
        document.add(columns.get(i));
      }
    }
    return document;
  }
}
