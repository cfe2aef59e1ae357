package org.facetdb.sql.copy;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The fields of one record, in an array that grows. Used by one thread. */
final class FieldList {
  private @Nullable String[] fields = new String[16];
  private int size;

  void clear() {
    size = 0;
  }

  void add(@Nullable String field) {
    if (size == fields.length) {
      fields = Arrays.copyOf(fields, size * 2);
    }
    fields[size++] = field;
  }

  int size() {
    return size;
  }

  @Nullable String get(int index) {
    return fields[index];
  }
}
