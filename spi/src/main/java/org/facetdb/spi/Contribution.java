package org.facetdb.spi;

import org.facetdb.spi.function.ScalarFunction;
import org.facetdb.spi.index.IndexMethod;

/** One thing that a plug-in adds to SQL. */
public sealed interface Contribution permits ScalarFunction, IndexMethod {
  /** The name under which SQL finds it: a function's, an operator's symbol, an index method's. */
  String name();
}
