/**
 * All that a plug-in compiles against: types, vectors and functions. Needs {@code java.base} alone.
 */
@org.jspecify.annotations.NullMarked
module org.facetdb.spi {
  requires static transitive org.jspecify;
}
