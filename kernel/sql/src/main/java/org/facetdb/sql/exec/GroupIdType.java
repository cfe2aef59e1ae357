package org.facetdb.sql.exec;

import org.facetdb.spi.type.KeyReader;
import org.facetdb.spi.type.KeyWriter;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.PhysicalKind;
import org.facetdb.spi.type.Vector;

/** The type of a column of group ids inside an operator; never seen outside. */
enum GroupIdType implements LogicalType {
  INSTANCE;

  @Override
  public PhysicalKind physicalKind() {
    return PhysicalKind.Fixed.INT;
  }

  @Override
  public Object parse(String text) {
    return Integer.valueOf(text);
  }

  @Override
  public String format(Object value) {
    return value.toString();
  }

  @Override
  public boolean orderable() {
    return false;
  }

  @Override
  public void encodeKey(Vector vector, int row, KeyWriter out) {
    throw new IllegalStateException("group ids are never stored");
  }

  @Override
  public void decodeKey(KeyReader in, Vector vector, int row) {
    throw new IllegalStateException("group ids are never stored");
  }
}
