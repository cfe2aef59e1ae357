package org.facetdb.spi.type;

import org.jspecify.annotations.Nullable;

/**
 * A type as SQL sees it: name, text form, ordering and key form over a physical kind. Immutable and
 * thread-safe; two types with the same modifiers are equal. Errors are {@code DatabaseException}s
 * with PostgreSQL's SQLSTATE and message.
 */
public interface LogicalType {
  /** The name with its modifiers, as {@code format_type} of PostgreSQL shows it. */
  String name();

  PhysicalKind physicalKind();

  /** Reads the text form; returns the boxed canonical value. */
  Object parse(String text);

  /** The text form of a boxed canonical value. */
  String format(Object value);

  /** Whether values have an order, and with it a memcomparable key. */
  default boolean orderable() {
    return true;
  }

  /** The boxed canonical value of a row that is not null. */
  default Object box(Vector vector, int row) {
    return vector.rawAt(row);
  }

  /** Stores a boxed canonical value. */
  default void unbox(Object value, Vector vector, int row) {
    vector.setRaw(row, value);
  }

  /** Reads the text form into a row. */
  default void parseInto(String text, Vector vector, int row) {
    unbox(parse(text), vector, row);
  }

  /** The text form of a row, null for a null. */
  default @Nullable String formatAt(Vector vector, int row) {
    return vector.isNull(row) ? null : format(box(vector, row));
  }

  /**
   * Appends the ascending memcomparable form of a row that is not null: unsigned byte order is
   * value order, equal values have equal bytes, and no form is a prefix of another.
   */
  void encodeKey(Vector vector, int row, KeyWriter out);

  /** Reads what {@link #encodeKey} wrote. */
  void decodeKey(KeyReader in, Vector vector, int row);
}
