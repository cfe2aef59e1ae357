package org.facetdb.plugin.sample;

import java.util.ArrayList;
import java.util.List;
import org.facetdb.spi.Contribution;
import org.facetdb.spi.Plugin;
import org.facetdb.spi.PluginContext;
import org.facetdb.spi.function.ScalarFunctions;

/** The entry class: it lists what the plug-in contributes and does nothing else. */
public final class SamplePlugin implements Plugin {
  public SamplePlugin() {}

  @Override
  public List<Contribution> contributions(PluginContext context) {
    List<Contribution> contributions = new ArrayList<>();
    contributions.addAll(ScalarFunctions.annotated(context, SampleFunctions.lookup()));
    contributions.add(new TrigramMethod(context.type("text")));
    return contributions;
  }
}
