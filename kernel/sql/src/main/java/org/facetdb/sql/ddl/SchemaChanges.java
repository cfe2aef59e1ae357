package org.facetdb.sql.ddl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.CreateIndex;
import org.facetdb.parser.CreateTable;
import org.facetdb.parser.DropIndex;
import org.facetdb.parser.DropTable;
import org.facetdb.parser.Truncate;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.Notice;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.ForeignKey;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.MethodIndex;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.extension.Contributions;
import org.facetdb.sql.extension.RegisteredMethod;
import org.facetdb.sql.row.Keys;
import org.facetdb.storage.lock.LockMode;
import org.jspecify.annotations.Nullable;

/**
 * Runs the statements that change the schema, within a transaction. Used for one statement.
 *
 * <p>Whatever new definition makes writers behave differently is stored under the table's own key,
 * also where only another table changes (a parent gets a referencing table), so that open writers
 * of it conflict.
 */
public final class SchemaChanges {
  private static final String USE_CASCADE =
      "Use DROP ... CASCADE to drop the dependent objects too.";

  private final DdlContext context;
  private final List<Notice> notices = new ArrayList<>();

  public SchemaChanges(DdlContext context) {
    this.context = context;
  }

  /** What the changes that were made have to say. */
  public List<Notice> notices() {
    return List.copyOf(notices);
  }

  /** CREATE TABLE; nothing if it is there and that is no error. */
  public void createTable(CreateTable statement) {
    if (statement.query() != null) {
      throw DatabaseException.unsupported("CREATE TABLE AS is not supported");
    }
    String name = SourceText.publicName(context.sql(), statement.name());
    if (context.catalog().isNameTaken(name)) {
      if (statement.ifNotExists() && table(name) != null) {
        skipTaken(name);
        return;
      }
      throw taken(name, statement.name());
    }
    TableDefinition table = new TableBuilder(context, statement, name).build();
    context.editor().put(table);
    for (ForeignKey key : table.foreignKeys()) {
      if (key.parentTableId() != table.id()) {
        TableDefinition parent =
            Objects.requireNonNull(context.catalog().table(key.parentTableId()));
        context.lock(parent, LockMode.SHARE_ROW_EXCLUSIVE);
        context.editor().put(parent);
      }
    }
  }

  private void skipTaken(String name) {
    notices.add(Notice.skipping("42P07", "relation \"" + name + "\" already exists"));
  }

  private void skipMissing(String kind, String name) {
    notices.add(Notice.skipping("00000", kind + " \"" + name + "\" does not exist"));
  }

  /** DROP TABLE. */
  public void dropTables(DropTable statement) {
    Map<Integer, TableDefinition> dropped = new LinkedHashMap<>();
    for (SqlIdentifier identifier : statement.names()) {
      String name = SourceText.publicName(context.sql(), identifier);
      TableDefinition table = table(name);
      if (table == null) {
        if (context.catalog().index(CatalogSnapshot.PUBLIC, name) != null) {
          throw at(DatabaseException.user("42809", "\"" + name + "\" is not a table"), identifier);
        }
        if (!statement.ifExists()) {
          throw at(
              DatabaseException.user("42P01", "table \"" + name + "\" does not exist"), identifier);
        }
        skipMissing("table", name);
      } else {
        context.lock(table, LockMode.ACCESS_EXCLUSIVE);
        dropped.put(table.id(), table);
      }
    }
    for (TableDefinition table : dropped.values()) {
      releaseReferences(table, dropped, statement.cascade());
    }
    dropped.values().forEach(context.editor()::drop);
  }

  /** Takes the foreign keys off that refer to a dropped table, or refuses. */
  private void releaseReferences(
      TableDefinition parent, Map<Integer, TableDefinition> dropped, boolean cascade) {
    List<CatalogSnapshot.Reference> left =
        context.catalog().referencing(parent.id()).stream()
            .filter(r -> !dropped.containsKey(r.child().id()))
            .toList();
    if (!left.isEmpty() && !cascade) {
      List<String> lines = new ArrayList<>();
      for (CatalogSnapshot.Reference reference : left) {
        lines.add(
            "constraint "
                + reference.key().name()
                + " on table "
                + reference.child().name()
                + " depends on table "
                + parent.name());
      }
      throw DatabaseException.user(
              "2BP01", "cannot drop table " + parent.name() + " because other objects depend on it")
          .withDetail(String.join("\n", lines))
          .withHint(USE_CASCADE);
    }
    for (CatalogSnapshot.Reference reference : left) {
      TableDefinition child = reference.child();
      List<ForeignKey> kept =
          child.foreignKeys().stream()
              .filter(k -> !dropped.containsKey(k.parentTableId()))
              .toList();
      context.lock(child, LockMode.ACCESS_EXCLUSIVE);
      context.editor().put(child.withForeignKeys(kept));
    }
  }

  /** CREATE INDEX; nothing if it is there and that is no error. */
  public void createIndex(CreateIndex statement) {
    String tableName = SourceText.publicName(context.sql(), statement.table());
    TableDefinition table = table(tableName);
    if (table == null) {
      throw at(
          DatabaseException.user("42P01", "relation \"" + tableName + "\" does not exist"),
          statement.table());
    }
    SqlIdentifier given = statement.name();
    String name;
    if (given == null) {
      List<String> parts = new ArrayList<>();
      parts.add(tableName);
      statement.columns().forEach(part -> parts.add(part.expression().toString()));
      parts.add("idx");
      name = Names.free(String.join("_", parts), context.catalog()::isNameTaken);
    } else {
      name = SourceText.publicName(context.sql(), given);
      if (context.catalog().isNameTaken(name)) {
        if (statement.ifNotExists()) {
          skipTaken(name);
          return;
        }
        throw taken(name, given);
      }
    }
    context.lock(table, LockMode.SHARE);
    SqlIdentifier method = statement.method();
    RegisteredMethod plugged = method == null ? null : methodOf(method);
    if (plugged != null) {
      context.editor().put(MethodIndexBuilder.add(context, statement, table, name, plugged));
      return;
    }
    IndexDefinition index = IndexBuilder.define(context, statement, table, name);
    List<IndexDefinition> all = new ArrayList<>(table.indexes());
    all.add(index);
    TableDefinition changed = table.withIndexes(all);
    IndexBuilder.fill(context, changed, index);
    context.editor().put(changed);
  }

  private @Nullable RegisteredMethod methodOf(SqlIdentifier method) {
    Contributions contributions = context.planning().plugins().contributions();
    RegisteredMethod known = contributions.method(method.getSimple());
    if (known != null) {
      context.planning().plugins().uses().accept(known.owner());
      return known;
    }
    String name = method.getSimple();
    DatabaseException absent =
        context
            .planning()
            .plugins()
            .absences()
            .of(context.catalog(), "access method \"" + name + "\"", name);
    if (absent != null) {
      throw at(absent, method);
    }
    return null;
  }

  /** DROP INDEX. */
  public void dropIndexes(DropIndex statement) {
    Map<Integer, TableDefinition> changed = new LinkedHashMap<>();
    for (SqlIdentifier identifier : statement.names()) {
      String name = SourceText.publicName(context.sql(), identifier);
      MethodIndex plugged = context.catalog().methodIndex(CatalogSnapshot.PUBLIC, name);
      if (plugged != null) {
        TableDefinition table =
            changed.getOrDefault(
                plugged.tableId(),
                Objects.requireNonNull(context.catalog().table(plugged.tableId())));
        changed.put(
            table.id(),
            table.withMethodIndexes(
                table.methodIndexes().stream().filter(i -> i.id() != plugged.id()).toList(),
                table.rowIdSpace()));
        continue;
      }
      IndexDefinition index = context.catalog().index(CatalogSnapshot.PUBLIC, name);
      if (index == null) {
        if (table(name) != null) {
          throw at(DatabaseException.user("42809", "\"" + name + "\" is not an index"), identifier);
        }
        if (!statement.ifExists()) {
          throw at(
              DatabaseException.user("42704", "index \"" + name + "\" does not exist"), identifier);
        }
        skipMissing("index", name);
        continue;
      }
      TableDefinition table =
          changed.getOrDefault(
              index.tableId(), Objects.requireNonNull(context.catalog().table(index.tableId())));
      requireUnused(table, index);
      changed.put(
          table.id(),
          table.withIndexes(table.indexes().stream().filter(i -> i.id() != index.id()).toList()));
      context.editor().releaseKeySpace(index.keySpace());
    }
    for (TableDefinition table : changed.values()) {
      context.lock(table, LockMode.ACCESS_EXCLUSIVE);
      context.editor().put(table);
    }
  }

  private void requireUnused(TableDefinition table, IndexDefinition index) {
    boolean constraint = table.uniques().stream().anyMatch(u -> u.indexId() == index.id());
    if (constraint) {
      throw DatabaseException.user(
              "2BP01",
              "cannot drop index "
                  + index.name()
                  + " because constraint "
                  + index.name()
                  + " on table "
                  + table.name()
                  + " requires it")
          .withHint(
              "You can drop constraint "
                  + index.name()
                  + " on table "
                  + table.name()
                  + " instead.");
    }
    for (CatalogSnapshot.Reference reference : context.catalog().referencing(table.id())) {
      if (reference.key().parentIndexId() == index.id()) {
        throw DatabaseException.user(
                "2BP01",
                "cannot drop index " + index.name() + " because other objects depend on it")
            .withDetail(
                "constraint "
                    + reference.key().name()
                    + " on table "
                    + reference.child().name()
                    + " depends on index "
                    + index.name())
            .withHint(USE_CASCADE);
      }
    }
  }

  /** TRUNCATE: gives the tables new, empty key spaces; the old rows stay readable AS OF before. */
  public void truncate(Truncate statement) {
    Map<Integer, TableDefinition> emptied = new LinkedHashMap<>();
    for (SqlIdentifier identifier : statement.names()) {
      String name = SourceText.publicName(context.sql(), identifier);
      TableDefinition table = table(name);
      if (table == null) {
        throw at(
            DatabaseException.user("42P01", "relation \"" + name + "\" does not exist"),
            identifier);
      }
      emptied.put(table.id(), table);
    }
    if (statement.cascade()) {
      addReferencing(emptied);
    }
    for (TableDefinition table : emptied.values()) {
      for (CatalogSnapshot.Reference reference : context.catalog().referencing(table.id())) {
        if (!emptied.containsKey(reference.child().id())) {
          throw DatabaseException.user(
                  "0A000", "cannot truncate a table referenced in a foreign key constraint")
              .withDetail(
                  "Table \"" + reference.child().name() + "\" references \"" + table.name() + "\".")
              .withHint(
                  "Truncate table \""
                      + reference.child().name()
                      + "\" at the same time, or use TRUNCATE ... CASCADE.");
        }
      }
      context.lock(table, LockMode.ACCESS_EXCLUSIVE);
      context.editor().put(emptied(table));
    }
  }

  private void addReferencing(Map<Integer, TableDefinition> emptied) {
    List<TableDefinition> open = new ArrayList<>(emptied.values());
    while (!open.isEmpty()) {
      TableDefinition table = open.removeLast();
      for (CatalogSnapshot.Reference reference : context.catalog().referencing(table.id())) {
        if (emptied.putIfAbsent(reference.child().id(), reference.child()) == null) {
          open.add(reference.child());
        }
      }
    }
  }

  private TableDefinition emptied(TableDefinition table) {
    var retention = TableBuilder.keyRetention(table, context.retention());
    context.transaction().guardRange(table.keySpace(), new byte[0], Keys.last());
    context.editor().releaseKeySpace(table.keySpace());
    List<IndexDefinition> indexes = new ArrayList<>();
    for (IndexDefinition index : table.indexes()) {
      context.editor().releaseKeySpace(index.keySpace());
      indexes.add(index.withKeySpace(context.editor().createKeySpace(retention)));
    }
    // Their entries are those of rows that are gone: they begin again, empty.
    List<MethodIndex> renewed =
        table.methodIndexes().stream().map(i -> i.withId(context.editor().nextId())).toList();
    int rowIdSpace = 0;
    if (table.rowIdSpace() != 0) {
      context.editor().releaseKeySpace(table.rowIdSpace());
      rowIdSpace = context.editor().createKeySpace(retention);
    }
    return table
        .withIndexes(indexes)
        .withMethodIndexes(renewed, rowIdSpace)
        .withKeySpace(context.editor().createKeySpace(retention));
  }

  private @Nullable TableDefinition table(String name) {
    return context.catalog().table(CatalogSnapshot.PUBLIC, name);
  }

  private DatabaseException taken(String name, SqlNode place) {
    return at(DatabaseException.user("42P07", "relation \"" + name + "\" already exists"), place);
  }

  private DatabaseException at(DatabaseException error, SqlNode place) {
    return SourceText.at(error, context.sql(), place);
  }
}
