package org.facetdb.sql.session;

import org.facetdb.spi.type.BytesVector;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;

/** Fits strings to the length of a varchar or char column, as an assignment does. Stateless. */
final class Strings {
  private Strings() {}

  /** The rows fitted; 22001 where more than blanks would be lost. */
  static BytesVector fit(BytesVector values, SqlType type, int[] rows, int count) {
    BytesVector out = new BytesVector(type, values.capacity());
    out.share(values.data());
    boolean copied = false;
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      if (values.isNull(row)) {
        out.setNull(row);
      } else if (fits(values, row, type)) {
        out.setSlice(row, values.offset(row), values.length(row));
      } else {
        copied = true;
      }
    }
    return copied ? copy(values, type, rows, count) : out;
  }

  /** Fewer bytes than characters are allowed, and for char no blank to cut. */
  private static boolean fits(BytesVector values, int row, SqlType type) {
    int length = values.length(row);
    boolean isShort = type.precision() < 0 || length <= type.precision();
    return isShort
        && (type.kind() != TypeKind.CHAR
            || length == 0
            || values.data()[values.offset(row) + length - 1] != ' ');
  }

  private static BytesVector copy(BytesVector values, SqlType type, int[] rows, int count) {
    BytesVector out = new BytesVector(type, values.capacity());
    for (int k = 0; k < count; k++) {
      int row = rows[k];
      if (values.isNull(row)) {
        out.setNull(row);
      } else {
        out.setString(row, type.fitString(values.getString(row), false));
      }
    }
    return out;
  }
}
