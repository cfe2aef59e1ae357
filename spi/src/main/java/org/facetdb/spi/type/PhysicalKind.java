package org.facetdb.spi.type;

import java.util.List;

/**
 * How values of a logical type lie in memory and in rows. Closed, so that storage and operators
 * handle every type, also those of absent plug-ins, without calling anything.
 */
public sealed interface PhysicalKind {
  /** One array element (or a fixed few) per value. */
  enum Fixed implements PhysicalKind {
    BOOLEAN,
    INT,
    LONG,
    FLOAT,
    DOUBLE,
    /** Scaled longs while they fit, decimals of any size otherwise. */
    DECIMAL,
    INTERVAL,
    UUID
  }

  /** A byte string of any length; text is UTF-8. */
  record VariableBytes() implements PhysicalKind {
    public static final VariableBytes INSTANCE = new VariableBytes();
  }

  /** Codes into a dictionary of {@code values}. */
  record Dictionary(PhysicalKind values) implements PhysicalKind {}

  /** A list of any length. */
  record ListOf(PhysicalKind element) implements PhysicalKind {}

  /** A list of exactly {@code size} elements. */
  record FixedSizeList(PhysicalKind element, int size) implements PhysicalKind {
    public FixedSizeList {
      if (size <= 0) {
        throw new IllegalArgumentException("a fixed-size list has elements: size=" + size);
      }
    }
  }

  /** Named fields, each of its own kind. */
  record Struct(List<PhysicalKind> fields) implements PhysicalKind {
    public Struct {
      fields = List.copyOf(fields);
    }
  }
}
