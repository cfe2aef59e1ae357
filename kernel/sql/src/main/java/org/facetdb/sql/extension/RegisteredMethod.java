package org.facetdb.sql.extension;

import java.util.List;
import java.util.Objects;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.index.SearchOperator;
import org.jspecify.annotations.Nullable;

/**
 * An index method of a loaded version, with what binding needs to know of it copied, so that bound
 * statements don't hold the plug-in's object. Thread-safe.
 */
public final class RegisteredMethod {
  private final PluginVersion owner;
  private final String name;
  private final int format;
  private final boolean exact;
  private final List<SearchOperator> operators;
  private final List<SearchFunction> functions;
  private volatile @Nullable IndexMethod method;

  RegisteredMethod(PluginVersion owner, IndexMethod method) {
    this.owner = owner;
    this.name = Objects.requireNonNull(method.name());
    this.format = method.formatVersion();
    this.exact = method.exact();
    this.operators = List.copyOf(method.operators());
    this.functions = List.copyOf(method.functions());
    this.method = method;
  }

  void clear() {
    method = null;
  }

  public PluginVersion owner() {
    return owner;
  }

  public String name() {
    return name;
  }

  /** The format of the checkpoints that it writes. */
  public int format() {
    return format;
  }

  public boolean exact() {
    return exact;
  }

  public List<SearchOperator> operators() {
    return operators;
  }

  public List<SearchFunction> functions() {
    return functions;
  }

  /** The method itself; its owner's lease must be held. */
  public IndexMethod method() {
    IndexMethod known = method;
    if (known == null) {
      throw Faults.gone(owner);
    }
    return known;
  }
}
