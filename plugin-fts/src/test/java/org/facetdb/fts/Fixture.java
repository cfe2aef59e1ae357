package org.facetdb.fts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.spi.MemoryAccount;
import org.facetdb.spi.PluginContext;
import org.facetdb.spi.index.Checkpoint;
import org.facetdb.spi.index.IndexContext;
import org.facetdb.spi.index.IndexMethod;
import org.facetdb.spi.index.IndexShape;
import org.facetdb.spi.index.IndexStore;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.facetdb.spi.index.SearchClause;
import org.facetdb.spi.index.SearchCursor;
import org.facetdb.spi.index.SearchRequest;
import org.facetdb.spi.state.PluginState;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.BytesVector;
import org.facetdb.spi.type.KeyReader;
import org.facetdb.spi.type.KeyWriter;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.PhysicalKind;
import org.facetdb.spi.type.Vector;
import org.jspecify.annotations.Nullable;

/** An index on columns title and body with a store, its last checkpoint and its memory. */
final class Fixture implements AutoCloseable {
  private static final FtsPlugin PLUGIN = new FtsPlugin();
  static final LogicalType TEXT = new FakeType("text", PhysicalKind.VariableBytes.INSTANCE);

  final FakeStore store;
  final AtomicLong reserved = new AtomicLong();

  /** By how much the index's clock is ahead. */
  final AtomicLong aheadNanos = new AtomicLong();

  IndexShape shape;
  FtsFormat format;
  IndexContext.@Nullable Restored restored;
  FtsIndex index;

  Fixture(@Nullable Path folder, Map<String, String> options) {
    this(folder, options, FtsFormat.FIXED_ENDS);
  }

  Fixture(@Nullable Path folder, Map<String, String> options, FtsFormat format) {
    this.format = format;
    store = new FakeStore(folder);
    shape = shape(options);
    index = open();
  }

  Fixture() {
    this(null, Map.of());
  }

  static IndexShape shape(Map<String, String> options) {
    return new IndexShape(
        "docs_text",
        "docs",
        List.of(new IndexShape.Column("title", TEXT), new IndexShape.Column("body", TEXT)),
        options);
  }

  record FakeType(String name, PhysicalKind physicalKind) implements LogicalType {
    @Override
    public Object parse(String text) {
      return text;
    }

    @Override
    public String format(Object value) {
      return (String) value;
    }

    @Override
    public Object box(Vector vector, int row) {
      return new String((byte[]) vector.rawAt(row), StandardCharsets.UTF_8);
    }

    @Override
    public void unbox(Object value, Vector vector, int row) {
      vector.setRaw(row, ((String) value).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void encodeKey(Vector vector, int row, KeyWriter out) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void decodeKey(KeyReader in, Vector vector, int row) {
      throw new UnsupportedOperationException();
    }
  }

  FtsIndex open() {
    return FtsIndex.open(new Context(), format, () -> System.nanoTime() + aheadNanos.get());
  }

  /** The method that the plug-in contributes in the version that writes a format. */
  static IndexMethod method(FtsFormat format) {
    PluginContext context =
        new FakePluginContext("0." + format.number() + ".0", new FakeMemory(new AtomicLong()));
    return (IndexMethod) PLUGIN.contributions(context).getFirst();
  }

  private record FakePluginContext(String version, MemoryAccount memory) implements PluginContext {
    @Override
    public String name() {
      return "fts";
    }

    @Override
    public LogicalType type(String name) {
      assertEquals("text", name);
      return TEXT;
    }

    @Override
    public PluginState state() {
      throw new UnsupportedOperationException("the plug-in keeps no state of its own");
    }
  }

  private record FakeMemory(AtomicLong reserved) implements MemoryAccount {
    @Override
    public void reserve(long bytes) {
      reserved.addAndGet(bytes);
    }

    @Override
    public void release(long bytes) {
      reserved.addAndGet(-bytes);
    }
  }

  private final class Context implements IndexContext {
    @Override
    public IndexShape shape() {
      return shape;
    }

    @Override
    public IndexStore store() {
      return store;
    }

    @Override
    public @Nullable Restored checkpoint() {
      return restored;
    }

    @Override
    public MemoryAccount memory() {
      return new FakeMemory(reserved);
    }
  }

  /** Takes a checkpoint of what was given up to a position, and commits it. */
  void checkpoint(Position position) {
    Checkpoint checkpoint = index.checkpoint();
    store.commit(checkpoint.files());
    restored = new IndexContext.Restored(format.number(), position, checkpoint.state());
  }

  /** Opens the index again from its last checkpoint. */
  void reopen() {
    index.close();
    store.restart();
    index = open();
  }

  static Batch row(@Nullable String title, @Nullable String body) {
    BytesVector[] columns = {new BytesVector(TEXT, 1), new BytesVector(TEXT, 1)};
    columns[0].set(0, (Object) title);
    columns[1].set(0, (Object) body);
    return new Batch(columns, 1);
  }

  void put(long rowId, long begin, @Nullable String title, @Nullable String body) {
    index.put(rowId, begin, row(title, body), 0);
  }

  /** Makes all visible that was given, as of a commit. */
  void refresh(long time) {
    index.advance(new Position(time, time));
    index.refresh();
  }

  static SearchClause all(String query) {
    return new SearchClause(SearchClause.ALL_COLUMNS, "@@@", query);
  }

  static SearchRequest request(
      SearchRequest.Order order, int wanted, long snapshot, String... queries) {
    List<SearchClause> clauses = new ArrayList<>();
    for (String query : queries) {
      clauses.add(all(query));
    }
    return new SearchRequest(clauses, snapshot, order, wanted, true, null, null);
  }

  /** A row that was found. */
  record Hit(long rowId, double score) {}

  static List<Hit> hits(IndexView view, SearchRequest request, int batch) {
    List<Hit> hits = new ArrayList<>();
    long[] rowIds = new long[batch];
    double[] scores = new double[batch];
    try (SearchCursor cursor = view.search(request)) {
      for (int n = cursor.next(rowIds, scores, batch);
          n > 0;
          n = cursor.next(rowIds, scores, batch)) {
        for (int i = 0; i < n; i++) {
          hits.add(new Hit(rowIds[i], scores[i]));
        }
      }
    }
    return hits;
  }

  /** The ids of the rows that match, best first. */
  List<Long> find(long snapshot, String query) {
    try (IndexView view = index.view()) {
      SearchRequest request = request(SearchRequest.Order.BEST_FIRST, 10, snapshot, query);
      return hits(view, request, 16).stream().map(Hit::rowId).toList();
    }
  }

  @Override
  public void close() {
    index.close();
  }
}
