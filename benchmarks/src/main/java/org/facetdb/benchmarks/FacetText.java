package org.facetdb.benchmarks;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.facetdb.Database;
import org.facetdb.DatabaseOptions;
import org.facetdb.Session;
import org.facetdb.spi.type.Batch;
import org.facetdb.spi.type.DoubleVector;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LongVector;
import org.facetdb.sql.PreparedSql;
import org.facetdb.sql.Result;
import org.facetdb.storage.Durability;

/** Ours: prepared SQL in the process, on disk, commits unsynced. */
final class FacetText implements TextSide {
  private static final int ROWS_PER_COMMIT = 1_000;
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long QUIET_NANOS_MAX = TimeUnit.SECONDS.toNanos(120);
  private static final String SEARCH =
      "SELECT id, score(docs) FROM docs WHERE docs @@@ $1 %sORDER BY score(docs) DESC LIMIT "
          + WANTED;

  private final Path folder;
  private final Database database;
  private final Session session;
  private final PreparedSql insert;
  private final PreparedSql search;
  private final PreparedSql searchInSection;

  FacetText(Path folder) {
    this.folder = folder;
    database = Database.open(folder, DatabaseOptions.defaults().withDurability(Durability.NONE));
    session = database.session();
    run("CREATE EXTENSION fts");
    run("CREATE TABLE docs (id integer PRIMARY KEY, section integer, body text)");
    run("CREATE INDEX docs_body ON docs USING bm25 (body)");
    insert = session.prepare("INSERT INTO docs VALUES ($1, $2, $3)");
    search = session.prepare(SEARCH.formatted(""));
    searchInSection = session.prepare(SEARCH.formatted("AND section = $2 "));
  }

  private void run(String sql) {
    session.execute(sql).close();
  }

  @Override
  public String version() {
    return "FacetDB";
  }

  private void insert(int id, String text) {
    session.execute(insert, List.of(id, TextSide.section(id), text)).close();
  }

  @Override
  public void load(List<String> texts) {
    for (int id = 0; id < texts.size(); id++) {
      if (id % ROWS_PER_COMMIT == 0) {
        run("BEGIN");
      }
      insert(id, texts.get(id));
      if ((id + 1) % ROWS_PER_COMMIT == 0 || id + 1 == texts.size()) {
        run("COMMIT");
      }
    }
    awaitIndex();
  }

  /** Waits until the index itself contains the last commit. */
  private void awaitIndex() {
    long committed = number("SELECT facetdb_current_sequence()");
    while (number("SELECT shown_sequence FROM facetdb_indexes") < committed) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  private long number(String sql) {
    try (Result rows = session.execute(sql)) {
      Batch batch = Objects.requireNonNull(rows.nextBatch());
      return ((LongVector) batch.column(0)).get(batch.row(0));
    }
  }

  /** Writes what is in memory, and waits until merges no longer change the index's files. */
  @Override
  public void settle() throws IOException {
    database.settle();
    long begun = System.nanoTime();
    long changed = begun;
    List<String> files = files();
    while (System.nanoTime() - changed < QUIET_NANOS
        && System.nanoTime() - begun < QUIET_NANOS_MAX) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      List<String> now = files();
      if (!now.equals(files)) {
        files = now;
        changed = System.nanoTime();
      }
    }
  }

  private List<String> files() throws IOException {
    List<String> names = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            names.add(file.toString());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
    names.sort(null);
    return names;
  }

  @Override
  public Search search(String query) {
    List<String> parameters = List.of(query);
    return () -> find(search, parameters);
  }

  @Override
  public Search search(String query, int section) {
    List<Object> parameters = List.of(query, section);
    return () -> find(searchInSection, parameters);
  }

  private Found find(PreparedSql prepared, List<?> parameters) {
    int count = 0;
    double sum = 0;
    try (Result rows = session.execute(prepared, parameters)) {
      for (Batch batch = rows.nextBatch(); batch != null; batch = rows.nextBatch()) {
        IntVector ids = (IntVector) batch.column(0);
        DoubleVector scores = (DoubleVector) batch.column(1);
        for (int k = 0; k < batch.selectedCount(); k++) {
          int row = batch.row(k);
          if (ids.get(row) >= 0) {
            sum += scores.get(row);
            count++;
          }
        }
      }
    }
    return new Found(count, sum);
  }

  @Override
  public Found insertAndFind(int id, String text, String word) {
    insert(id, text);
    return find(search, List.of(word));
  }

  @Override
  public void updateTenth(List<String> texts) {
    run("UPDATE docs SET body = body || ' revised' WHERE id % 10 = 0");
    awaitIndex();
  }

  @Override
  public void close() {
    session.close();
    database.close();
  }
}
