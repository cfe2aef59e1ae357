/**
 * All that a plug-in compiles against: types, vectors and functions. Needs {@code java.base} alone.
 */
@org.jspecify.annotations.NullMarked
module org.facetdb.spi {
  requires static transitive org.jspecify;

  exports org.facetdb.spi;
  // Logical types and the column vectors that hold their values.
  exports org.facetdb.spi.type;
  // Scalar functions over vectors.
  exports org.facetdb.spi.function;
}
