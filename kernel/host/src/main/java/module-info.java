/**
 * Plug-in packages: reads and judges them, gives each version a module layer of its own, and
 * unloads it. Apache Felix resolves and keeps the life cycle; classes come from module layers.
 */
@org.jspecify.annotations.NullMarked
module org.facetdb.host {
  requires static transitive org.jspecify;
  requires transitive org.facetdb.spi;
  requires org.apache.felix.framework;

  exports org.facetdb.host;

  uses org.facetdb.spi.Plugin;
  uses org.osgi.framework.connect.ConnectFrameworkFactory;
}
