/** A plug-in to read and to copy: two functions and an index method. */
@org.jspecify.annotations.NullMarked
module org.facetdb.plugin.sample {
  requires static org.jspecify;
  requires org.facetdb.spi;

  provides org.facetdb.spi.Plugin with
      org.facetdb.plugin.sample.SamplePlugin;
}
