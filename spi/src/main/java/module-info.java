/**
 * All that a plug-in compiles against: types, vectors, functions, index methods and the plug-in's
 * own state. Needs {@code java.base} alone.
 */
@org.jspecify.annotations.NullMarked
module org.facetdb.spi {
  requires static transitive org.jspecify;

  exports org.facetdb.spi;
  // Logical types and the column vectors that hold their values.
  exports org.facetdb.spi.type;
  // Scalar functions over vectors, and methods that become such functions.
  exports org.facetdb.spi.function;
  // Index methods: derived state that follows the log.
  exports org.facetdb.spi.index;
  // A durable key space for each plug-in.
  exports org.facetdb.spi.state;
}
