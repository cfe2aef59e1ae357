package org.facetdb.sql.catalog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.type.SqlType;
import org.facetdb.sql.type.TypeKind;
import org.jspecify.annotations.Nullable;

/** The views of {@code information_schema}, with the columns that tools ask for. Stateless. */
public final class InformationSchema {
  private static final String SCHEMA = "information_schema";
  private static final Checking NEVER = Checking.NOT_DEFERRABLE;
  private static final List<String> SCHEMAS = List.of(SCHEMA, "pg_catalog", CatalogSnapshot.PUBLIC);

  private InformationSchema() {}

  /** All views. */
  public static List<SystemView> views() {
    return List.of(
        schemata(), tables(), columns(), tableConstraints(), keyColumnUsage(), referential());
  }

  private static SystemView view(
      String name, List<ColumnDefinition> columns, SystemView.Rows rows) {
    return new SystemView(SCHEMA, name, columns, rows);
  }

  private static List<ColumnDefinition> text(String... names) {
    List<ColumnDefinition> columns = new ArrayList<>();
    for (String name : names) {
      boolean isNumber =
          name.endsWith("_position")
              || name.endsWith("_length")
              || name.startsWith("numeric_")
              || name.equals("datetime_precision")
              || name.equals("position_in_unique_constraint");
      LogicalType type = isNumber ? SqlType.INTEGER : SqlType.TEXT;
      columns.add(ColumnDefinition.of(columns.size() + 1, name, type));
    }
    return columns;
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  private static SystemView schemata() {
    return view(
        "schemata",
        text("catalog_name", "schema_name", "schema_owner"),
        (catalog, database) -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          SCHEMAS.forEach(schema -> rows.add(row(database, schema, "facetdb")));
          return rows;
        });
  }

  private static SystemView tables() {
    return view(
        "tables",
        text("table_catalog", "table_schema", "table_name", "table_type", "is_insertable_into"),
        (catalog, database) -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          for (TableDefinition table : catalog.tables().values()) {
            rows.add(row(database, table.schema(), table.name(), "BASE TABLE", "YES"));
          }
          for (SystemView view : catalog.systemViews()) {
            rows.add(row(database, view.schema(), view.name(), "VIEW", "NO"));
          }
          return rows;
        });
  }

  private static SystemView columns() {
    return view(
        "columns",
        text(
            "table_catalog",
            "table_schema",
            "table_name",
            "column_name",
            "ordinal_position",
            "column_default",
            "is_nullable",
            "data_type",
            "character_maximum_length",
            "character_octet_length",
            "numeric_precision",
            "numeric_precision_radix",
            "numeric_scale",
            "datetime_precision",
            "udt_catalog",
            "udt_schema",
            "udt_name",
            "is_identity",
            "is_generated",
            "is_updatable"),
        (catalog, database) -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          catalog.tables().values().forEach(table -> addColumns(table, database, rows));
          catalog.systemViews().forEach(view -> addColumns(view, database, rows));
          return rows;
        });
  }

  private static void addColumns(
      Relation relation, String database, List<List<@Nullable Object>> rows) {
    int position = 1;
    for (ColumnDefinition column : relation.columns()) {
      SqlType type = SqlType.require(column.type());
      boolean isStored = relation instanceof TableDefinition;
      Integer length =
          type.kind().isString() && type.precision() >= 0 ? (Integer) type.precision() : null;
      rows.add(
          row(
              database,
              relation.schema(),
              relation.name(),
              column.name(),
              position++,
              column.defaultSql(),
              yesOrNo(!column.notNull()),
              type.base().name().equals("bpchar") ? "character" : type.base().name(),
              length,
              length == null ? null : length * 4,
              numericPrecision(type),
              numericRadix(type),
              numericScale(type),
              fraction(type),
              database,
              "pg_catalog",
              type.kind().catalogName(),
              "NO",
              "NEVER",
              yesOrNo(isStored)));
    }
  }

  private static @Nullable Integer numericPrecision(SqlType type) {
    return switch (type.kind()) {
      case SMALLINT -> 16;
      case INTEGER -> 32;
      case BIGINT -> 64;
      case REAL -> 24;
      case DOUBLE -> 53;
      case NUMERIC -> type.precision() < 0 ? null : (Integer) type.precision();
      default -> null;
    };
  }

  private static @Nullable Integer numericRadix(SqlType type) {
    if (!type.kind().isNumber()) {
      return null;
    }
    return type.kind() == TypeKind.NUMERIC ? 10 : 2;
  }

  private static @Nullable Integer numericScale(SqlType type) {
    return switch (type.kind()) {
      case SMALLINT, INTEGER, BIGINT -> 0;
      case NUMERIC -> type.precision() < 0 ? null : (Integer) type.scale();
      default -> null;
    };
  }

  private static @Nullable Integer fraction(SqlType type) {
    return switch (type.kind()) {
      case DATE -> 0;
      case TIME, TIMESTAMP, TIMESTAMPTZ -> type.precision() < 0 ? 6 : (Integer) type.precision();
      case INTERVAL -> 6;
      default -> null;
    };
  }

  private static SystemView tableConstraints() {
    return view(
        "table_constraints",
        text(
            "constraint_catalog",
            "constraint_schema",
            "constraint_name",
            "table_catalog",
            "table_schema",
            "table_name",
            "constraint_type",
            "is_deferrable",
            "initially_deferred"),
        (catalog, database) -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          for (TableDefinition table : catalog.tables().values()) {
            KeyConstraint key = table.primaryKey();
            if (key != null) {
              rows.add(constraint(database, table, key.name(), "primary key", NEVER));
            }
            table
                .uniques()
                .forEach(
                    u -> rows.add(constraint(database, table, u.name(), "unique", u.checking())));
            table
                .checks()
                .forEach(c -> rows.add(constraint(database, table, c.name(), "check", NEVER)));
            table
                .foreignKeys()
                .forEach(
                    f ->
                        rows.add(
                            constraint(database, table, f.name(), "foreign key", f.checking())));
          }
          return rows;
        });
  }

  private static List<@Nullable Object> constraint(
      String database, TableDefinition table, String name, String kind, Checking checking) {
    return row(
        database,
        table.schema(),
        name,
        database,
        table.schema(),
        table.name(),
        kind.toUpperCase(Locale.ROOT),
        yesOrNo(checking != NEVER),
        yesOrNo(checking == Checking.INITIALLY_DEFERRED));
  }

  private static String yesOrNo(boolean value) {
    return value ? "YES" : "NO";
  }

  private static SystemView keyColumnUsage() {
    return view(
        "key_column_usage",
        text(
            "constraint_catalog",
            "constraint_schema",
            "constraint_name",
            "table_catalog",
            "table_schema",
            "table_name",
            "column_name",
            "ordinal_position",
            "position_in_unique_constraint"),
        (catalog, database) -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          for (TableDefinition table : catalog.tables().values()) {
            KeyConstraint key = table.primaryKey();
            if (key != null) {
              addUsage(database, table, key.name(), key.columns(), false, rows);
            }
            table
                .uniques()
                .forEach(u -> addUsage(database, table, u.name(), u.columns(), false, rows));
            table
                .foreignKeys()
                .forEach(f -> addUsage(database, table, f.name(), f.columns(), true, rows));
          }
          return rows;
        });
  }

  private static void addUsage(
      String database,
      TableDefinition table,
      String name,
      List<Integer> columns,
      boolean refers,
      List<List<@Nullable Object>> rows) {
    for (int i = 0; i < columns.size(); i++) {
      rows.add(
          row(
              database,
              table.schema(),
              name,
              database,
              table.schema(),
              table.name(),
              table.columns().get(columns.get(i)).name(),
              i + 1,
              refers ? (Integer) (i + 1) : null));
    }
  }

  private static SystemView referential() {
    return view(
        "referential_constraints",
        text(
            "constraint_catalog",
            "constraint_schema",
            "constraint_name",
            "unique_constraint_catalog",
            "unique_constraint_schema",
            "unique_constraint_name",
            "match_option",
            "update_rule",
            "delete_rule"),
        (catalog, database) -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          for (TableDefinition table : catalog.tables().values()) {
            for (ForeignKey key : table.foreignKeys()) {
              rows.add(
                  row(
                      database,
                      table.schema(),
                      key.name(),
                      database,
                      table.schema(),
                      parentKey(catalog, key),
                      "NONE",
                      key.onUpdate().name().replace('_', ' '),
                      key.onDelete().name().replace('_', ' ')));
            }
          }
          return rows;
        });
  }

  private static @Nullable String parentKey(CatalogSnapshot catalog, ForeignKey key) {
    TableDefinition parent = catalog.table(key.parentTableId());
    if (parent == null) {
      return null;
    }
    if (key.parentIndexId() == 0) {
      KeyConstraint primaryKey = parent.primaryKey();
      return primaryKey == null ? null : primaryKey.name();
    }
    IndexDefinition index = parent.index(key.parentIndexId());
    return index == null ? null : index.name();
  }
}
