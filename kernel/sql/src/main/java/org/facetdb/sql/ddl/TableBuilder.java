package org.facetdb.sql.ddl;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.ColumnClause;
import org.facetdb.parser.ColumnConstraint;
import org.facetdb.parser.CreateTable;
import org.facetdb.parser.Reference;
import org.facetdb.parser.TableConstraint;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.CheckConstraint;
import org.facetdb.sql.catalog.Checking;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.ForeignKey;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.KeyConstraint;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.plan.Planner;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/**
 * Turns CREATE TABLE into a definition: resolves types, names constraints as PostgreSQL does, and
 * checks them against the catalog. Used for one statement.
 */
final class TableBuilder {
  private final DdlContext context;
  private final CreateTable statement;
  private final String name;
  private final int id;
  private final @Nullable Duration keyRetention;
  private final List<ColumnDefinition> columns = new ArrayList<>();
  private final Set<Integer> notNull = new HashSet<>();
  private final List<KeyConstraint> uniques = new ArrayList<>();
  private final List<IndexDefinition> indexes = new ArrayList<>();
  private final List<CheckConstraint> checks = new ArrayList<>();
  private final List<ForeignKey> foreignKeys = new ArrayList<>();
  private final Set<String> constraintNames = new HashSet<>();
  private final Set<String> relationNames = new HashSet<>();
  private final int keySpace;
  private final @Nullable Duration retention;
  private @Nullable KeyConstraint primaryKey;

  TableBuilder(DdlContext context, CreateTable statement, String name) {
    this.context = context;
    this.statement = statement;
    this.name = name;
    this.retention = statement.systemVersioned() ? TableOptions.retention(statement) : null;
    this.keyRetention = statement.systemVersioned() ? retention : context.retention();
    TableOptions.check(statement);
    this.id = context.editor().nextId();
    this.keySpace = context.editor().createKeySpace(keyRetention);
    relationNames.add(name);
  }

  /** The retention of the table's key spaces. */
  static @Nullable Duration keyRetention(TableDefinition table, Duration defaultRetention) {
    return table.systemVersioned() ? table.retention() : defaultRetention;
  }

  TableDefinition build() {
    for (ColumnClause column : statement.columns()) {
      addColumn(column);
    }
    for (ColumnClause column : statement.columns()) {
      addKeysOf(column);
    }
    for (TableConstraint constraint : statement.constraints()) {
      addKeysOf(constraint);
    }
    columns.replaceAll(c -> notNull.contains(c.id() - 1) ? required(c) : c);
    for (ColumnClause column : statement.columns()) {
      addChecksOf(column);
    }
    for (TableConstraint constraint : statement.constraints()) {
      switch (constraint) {
        case TableConstraint.Check check -> addCheck(check.name(), null, check.condition());
        case TableConstraint.ForeignKey key ->
            addForeignKey(key.name(), positions(key.columns(), false), key.reference());
        case TableConstraint.PrimaryKey _, TableConstraint.Unique _ -> {}
      }
    }
    return table();
  }

  private TableDefinition table() {
    return new TableDefinition(
        id,
        CatalogSnapshot.PUBLIC,
        name,
        columns,
        primaryKey,
        uniques,
        checks,
        foreignKeys,
        indexes,
        keySpace,
        1,
        statement.systemVersioned(),
        retention);
  }

  private static ColumnDefinition required(ColumnDefinition column) {
    return new ColumnDefinition(
        column.id(),
        column.name(),
        column.type(),
        column.precision(),
        column.scale(),
        true,
        column.defaultSql());
  }

  private void addColumn(ColumnClause clause) {
    String column = clause.name().getSimple();
    if (position(column) >= 0) {
      throw at(
          DatabaseException.user("42701", "column \"" + column + "\" specified more than once"),
          clause.name());
    }
    if (columns.size() == TableOptions.COLUMNS_MAX) {
      throw DatabaseException.user(
          "54011", "tables can have at most " + TableOptions.COLUMNS_MAX + " columns");
    }
    SqlType type;
    try {
      type = TypeResolver.resolve(clause.type());
    } catch (DatabaseException e) {
      throw e.withPosition(SourceText.offset(context.sql(), clause.type().getParserPos()));
    }
    boolean nullable = false;
    boolean required = false;
    String defaultSql = null;
    for (ColumnConstraint constraint : clause.constraints()) {
      switch (constraint) {
        case ColumnConstraint.NotNull _ -> required = true;
        case ColumnConstraint.Null _ -> nullable = true;
        case ColumnConstraint.Default def -> {
          context.planner().compileConstant(def.expression(), type, context.planning());
          defaultSql = SourceText.of(context.sql(), def.expression());
        }
        case ColumnConstraint.PrimaryKey _,
            ColumnConstraint.Unique _,
            ColumnConstraint.Check _,
            ColumnConstraint.References _ -> {}
      }
    }
    if (nullable && required) {
      throw at(
          DatabaseException.user(
              "42601",
              "conflicting NULL/NOT NULL declarations for column \""
                  + column
                  + "\" of table \""
                  + name
                  + "\""),
          clause.name());
    }
    columns.add(
        new ColumnDefinition(
            columns.size() + 1,
            column,
            type,
            type.precision(),
            type.scale(),
            required,
            defaultSql));
  }

  private void addKeysOf(ColumnClause clause) {
    List<Integer> self = List.of(position(clause.name().getSimple()));
    for (ColumnConstraint constraint : clause.constraints()) {
      switch (constraint) {
        case ColumnConstraint.PrimaryKey key -> addPrimaryKey(key.name(), self, clause.name());
        case ColumnConstraint.Unique unique ->
            addUnique(unique.name(), self, unique.checking(), clause.name());
        default -> {}
      }
    }
  }

  private void addKeysOf(TableConstraint constraint) {
    switch (constraint) {
      case TableConstraint.PrimaryKey key ->
          addPrimaryKey(key.name(), positions(key.columns(), true), key.columns().getFirst());
      case TableConstraint.Unique unique ->
          addUnique(
              unique.name(),
              positions(unique.columns(), true),
              unique.checking(),
              unique.columns().getFirst());
      case TableConstraint.Check _, TableConstraint.ForeignKey _ -> {}
    }
  }

  private void addChecksOf(ColumnClause clause) {
    List<Integer> self = List.of(position(clause.name().getSimple()));
    for (ColumnConstraint constraint : clause.constraints()) {
      switch (constraint) {
        case ColumnConstraint.Check check ->
            addCheck(check.name(), clause.name().getSimple(), check.condition());
        case ColumnConstraint.References key -> addForeignKey(key.name(), self, key.reference());
        default -> {}
      }
    }
  }

  private void addPrimaryKey(@Nullable SqlIdentifier given, List<Integer> key, SqlNode place) {
    if (primaryKey != null) {
      throw at(
          DatabaseException.user(
              "42P16", "multiple primary keys for table \"" + name + "\" are not allowed"),
          place);
    }
    requireOrdered(key);
    primaryKey = new KeyConstraint(relationName(given, name + "_pkey"), key, 0);
    notNull.addAll(key);
  }

  private void addUnique(
      @Nullable SqlIdentifier given,
      List<Integer> key,
      org.facetdb.parser.Checking checking,
      SqlNode place) {
    requireOrdered(key);
    String constraint = relationName(given, name + "_" + joined(key) + "_key");
    int indexId = context.editor().nextId();
    List<IndexDefinition.IndexColumn> parts =
        key.stream().map(c -> new IndexDefinition.IndexColumn(c, false, false)).toList();
    int indexSpace = context.editor().createKeySpace(keyRetention);
    Checking checked = ReferenceResolver.checking(checking);
    boolean unique = !checked.isDeferrable();
    indexes.add(new IndexDefinition(indexId, constraint, id, indexSpace, unique, parts));
    uniques.add(new KeyConstraint(constraint, key, indexId, checked));
  }

  private void requireOrdered(List<Integer> key) {
    for (int column : key) {
      IndexBuilder.requireOrdered(columns.get(column));
    }
  }

  private String joined(List<Integer> key) {
    return String.join("_", key.stream().map(c -> columns.get(c).name()).toList());
  }

  private void addCheck(@Nullable SqlIdentifier given, @Nullable String column, SqlNode condition) {
    Planner.Scalar compiled =
        context.planner().compileScalar(condition, table(), context.planning());
    TypeKind kind = SqlType.require(compiled.type()).kind();
    if (kind != TypeKind.BOOLEAN && kind != TypeKind.UNKNOWN) {
      throw at(
          DatabaseException.user(
              "42804",
              "argument of CHECK must be type boolean, not type "
                  + SqlType.require(compiled.type()).base().name()),
          condition);
    }
    String of = column;
    if (of == null && compiled.columns().size() == 1) {
      of = columns.get(compiled.columns().getFirst()).name();
    }
    String chosen =
        constraintName(given, of == null ? name + "_check" : name + "_" + of + "_check");
    checks.add(new CheckConstraint(chosen, SourceText.of(context.sql(), condition)));
  }

  private void addForeignKey(
      @Nullable SqlIdentifier given, List<Integer> key, Reference reference) {
    String parentName = SourceText.publicName(context.sql(), reference.table());
    TableDefinition parent =
        parentName.equals(name)
            ? table()
            : context.catalog().table(CatalogSnapshot.PUBLIC, parentName);
    if (parent == null) {
      throw at(
          DatabaseException.user("42P01", "relation \"" + parentName + "\" does not exist"),
          reference.table());
    }
    String chosen = constraintName(given, name + "_" + joined(key) + "_fkey");
    foreignKeys.add(
        new ReferenceResolver(context, columns, parent).resolve(chosen, key, reference));
  }

  private List<Integer> positions(List<SqlIdentifier> names, boolean inKey) {
    List<Integer> found = new ArrayList<>();
    for (SqlIdentifier identifier : names) {
      int position = position(identifier.getSimple());
      if (position < 0) {
        throw at(
            DatabaseException.user(
                "42703",
                "column \""
                    + identifier.getSimple()
                    + (inKey
                        ? "\" named in key does not exist"
                        : "\" referenced in foreign key constraint does not exist")),
            identifier);
      }
      if (found.contains(position)) {
        throw at(
            DatabaseException.user(
                "42701",
                "column \""
                    + identifier.getSimple()
                    + "\" appears twice in "
                    + (inKey ? "key" : "foreign key")
                    + " constraint"),
            identifier);
      }
      found.add(position);
    }
    return found;
  }

  private int position(String column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(column)) {
        return i;
      }
    }
    return -1;
  }

  /** A name among tables and indexes: keys have an index of that name. */
  private String relationName(@Nullable SqlIdentifier given, String base) {
    if (given != null) {
      String wanted = given.getSimple();
      if (context.catalog().isNameTaken(wanted) || !relationNames.add(wanted)) {
        throw at(
            DatabaseException.user("42P07", "relation \"" + wanted + "\" already exists"), given);
      }
      return constraintName(given, base);
    }
    String free =
        Names.free(
            base,
            candidate ->
                context.catalog().isNameTaken(candidate)
                    || relationNames.contains(candidate)
                    || constraintNames.contains(candidate));
    relationNames.add(free);
    constraintNames.add(free);
    return free;
  }

  private String constraintName(@Nullable SqlIdentifier given, String base) {
    if (given == null) {
      String free = Names.free(base, constraintNames::contains);
      constraintNames.add(free);
      return free;
    }
    if (!constraintNames.add(given.getSimple())) {
      throw at(
          DatabaseException.user(
              "42710",
              "constraint \""
                  + given.getSimple()
                  + "\" for relation \""
                  + name
                  + "\" already exists"),
          given);
    }
    return given.getSimple();
  }

  private DatabaseException at(DatabaseException error, SqlNode place) {
    return SourceText.at(error, context.sql(), place);
  }
}
