package org.facetdb.fts;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.queryparser.charstream.FastCharStream;
import org.facetdb.spi.Contribution;
import org.facetdb.spi.Plugin;
import org.facetdb.spi.PluginContext;
import org.facetdb.spi.SharedClasses;

/** The entry class: contributes the index method {@code bm25}. */
public final class FtsPlugin implements Plugin {
  /** Held strongly, because the level is forgotten with the logger. */
  private final Logger lucene = Logger.getLogger("org.apache.lucene");

  @Override
  public List<Contribution> contributions(PluginContext context) {
    lucene.setLevel(Level.OFF);
    // It makes an exception ahead.
    SharedClasses.initialize(FastCharStream.class);
    return List.of(new Bm25Method(context, FtsFormat.ofVersion(context.version())));
  }
}
