package org.facetdb.fts;

import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.PluginContext;
import org.facetdb.spi.index.Index;
import org.facetdb.spi.index.IndexContext;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.SearchFunction;
import org.facetdb.spi.index.SearchOperator;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.PhysicalKind;

/** The index method {@code bm25}: what it answers and what it accepts. Immutable, thread-safe. */
final class Bm25Method implements IndexMethod {
  static final SearchFunction.Score SCORE = new SearchFunction.Score("score", true);

  private final FtsFormat format;
  private final List<SearchOperator> operators;
  private final List<SearchFunction> functions;

  Bm25Method(PluginContext context, FtsFormat format) {
    LogicalType text = context.type("text");
    this.format = format;
    this.operators = List.of(new SearchOperator("@@@", text));
    this.functions =
        List.of(SCORE, new SearchFunction.Rendering("highlight", text, List.of(text, text), 2));
  }

  @Override
  public String name() {
    return "bm25";
  }

  @Override
  public int formatVersion() {
    return format.number();
  }

  @Override
  public boolean reads(int other) {
    return format.reads(other);
  }

  @Override
  public boolean exact() {
    return true;
  }

  @Override
  public List<SearchOperator> operators() {
    return operators;
  }

  @Override
  public List<SearchFunction> functions() {
    return functions;
  }

  @Override
  public void validate(IndexShape shape) {
    for (IndexShape.Column column : shape.columns()) {
      if (!isText(column.type())) {
        throw DatabaseException.user(
            "42804",
            "an index of method bm25 takes columns of text: column="
                + column.name()
                + " type="
                + column.type().name());
      }
    }
    FtsOptions.of(shape.options());
  }

  private static boolean isText(LogicalType type) {
    String name = type.name();
    return type.physicalKind() instanceof PhysicalKind.VariableBytes
        && (name.startsWith("text") || name.startsWith("varchar") || name.startsWith("char"));
  }

  @Override
  public Index open(IndexContext context) {
    validate(context.shape());
    return FtsIndex.open(context, format, System::nanoTime);
  }
}
