package org.facetdb.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.Checking;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.ForeignKey;
import org.facetdb.sql.catalog.IndexDefinition;
import org.facetdb.sql.catalog.IndexDefinition.IndexColumn;
import org.facetdb.sql.catalog.KeyConstraint;
import org.facetdb.sql.catalog.Relation;
import org.facetdb.sql.catalog.SystemView;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/**
 * Answers what is in the database from the session's catalog. Name patterns are those of LIKE with
 * backslash; {@code null} matches all. Used by its connection's thread.
 */
final class FacetDatabaseMetaData extends DatabaseFacts {
  private static final String[] KEY_COLUMNS = {
    "PKTABLE_CAT", "PKTABLE_SCHEM", "PKTABLE_NAME", "PKCOLUMN_NAME", "FKTABLE_CAT",
    "FKTABLE_SCHEM", "FKTABLE_NAME", "FKCOLUMN_NAME", "KEY_SEQ:s", "UPDATE_RULE:s",
    "DELETE_RULE:s", "FK_NAME", "PK_NAME", "DEFERRABILITY:s"
  };

  private final FacetConnection connection;

  FacetDatabaseMetaData(FacetConnection connection) {
    this.connection = connection;
  }

  private CatalogSnapshot catalog() throws SQLException {
    return connection.call(null, null, () -> connection.session().catalog());
  }

  private String database() {
    return connection.session().databaseName();
  }

  /** A pattern of LIKE as a test on names. */
  private static boolean matches(@Nullable String pattern, String name) {
    if (pattern == null || pattern.equals("%")) {
      return true;
    }
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length()) {
        i++;
        regex.append(Pattern.quote(pattern.substring(i, i + 1)));
      } else {
        regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(name).matches();
  }

  private boolean isHere(@Nullable String catalogName) {
    return catalogName == null || catalogName.isEmpty() || catalogName.equals(database());
  }

  private List<Relation> relations(
      @Nullable String catalogName, @Nullable String schemaPattern, @Nullable String namePattern)
      throws SQLException {
    List<Relation> found = new ArrayList<>();
    if (isHere(catalogName)) {
      CatalogSnapshot snapshot = catalog();
      found.addAll(snapshot.tables().values());
      found.addAll(snapshot.systemViews());
      found.removeIf(r -> !matches(schemaPattern, r.schema()) || !matches(namePattern, r.name()));
    }
    return found;
  }

  private List<TableDefinition> tables(
      @Nullable String catalogName, @Nullable String schema, @Nullable String table)
      throws SQLException {
    List<TableDefinition> found = new ArrayList<>();
    if (isHere(catalogName)) {
      for (TableDefinition known : catalog().tables().values()) {
        boolean sameSchema = schema == null || schema.isEmpty() || schema.equals(known.schema());
        if (sameSchema && (table == null || table.equals(known.name()))) {
          found.add(known);
        }
      }
    }
    return found;
  }

  @Override
  public ResultSet getTables(
      @Nullable String catalogName,
      @Nullable String schemaPattern,
      @Nullable String namePattern,
      String @Nullable [] types)
      throws SQLException {
    Set<String> wanted = types == null ? Set.of("TABLE", "SYSTEM VIEW") : Set.of(types);
    MetaTable answer =
        new MetaTable(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "TABLE_TYPE",
            "REMARKS",
            "TYPE_CAT",
            "TYPE_SCHEM",
            "TYPE_NAME",
            "SELF_REFERENCING_COL_NAME",
            "REF_GENERATION");
    for (Relation relation : relations(catalogName, schemaPattern, namePattern)) {
      String type = relation instanceof SystemView ? "SYSTEM VIEW" : "TABLE";
      if (wanted.contains(type)) {
        answer.add(
            database(),
            relation.schema(),
            relation.name(),
            type,
            null,
            null,
            null,
            null,
            null,
            null);
      }
    }
    return answer.sort(3, 0, 1, 2).resultSet();
  }

  @Override
  public ResultSet getTableTypes() {
    return new MetaTable("TABLE_TYPE").add("SYSTEM VIEW").add("TABLE").resultSet();
  }

  @Override
  public ResultSet getCatalogs() {
    return new MetaTable("TABLE_CAT").add(database()).resultSet();
  }

  @Override
  public ResultSet getSchemas() throws SQLException {
    return getSchemas(null, null);
  }

  @Override
  public ResultSet getSchemas(@Nullable String catalogName, @Nullable String schemaPattern)
      throws SQLException {
    MetaTable answer = new MetaTable("TABLE_SCHEM", "TABLE_CATALOG");
    Set<String> names = new HashSet<>(Set.of(CatalogSnapshot.PUBLIC));
    catalog().systemViews().forEach(view -> names.add(view.schema()));
    for (String name : names) {
      if (isHere(catalogName) && matches(schemaPattern, name)) {
        answer.add(name, database());
      }
    }
    return answer.sort(1, 0).resultSet();
  }

  @Override
  public ResultSet getColumns(
      @Nullable String catalogName,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      @Nullable String columnPattern)
      throws SQLException {
    MetaTable answer =
        new MetaTable(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "COLUMN_NAME",
            "DATA_TYPE:i",
            "TYPE_NAME",
            "COLUMN_SIZE:i",
            "BUFFER_LENGTH:i",
            "DECIMAL_DIGITS:i",
            "NUM_PREC_RADIX:i",
            "NULLABLE:i",
            "REMARKS",
            "COLUMN_DEF",
            "SQL_DATA_TYPE:i",
            "SQL_DATETIME_SUB:i",
            "CHAR_OCTET_LENGTH:i",
            "ORDINAL_POSITION:i",
            "IS_NULLABLE",
            "SCOPE_CATALOG",
            "SCOPE_SCHEMA",
            "SCOPE_TABLE",
            "SOURCE_DATA_TYPE:s",
            "IS_AUTOINCREMENT",
            "IS_GENERATEDCOLUMN");
    for (Relation relation : relations(catalogName, schemaPattern, tablePattern)) {
      List<ColumnDefinition> columns = relation.columns();
      for (int c = 0; c < columns.size(); c++) {
        if (matches(columnPattern, columns.get(c).name())) {
          addColumn(answer, relation, columns.get(c), c + 1);
        }
      }
    }
    return answer.sort(0, 1, 2, 16).resultSet();
  }

  private void addColumn(
      MetaTable answer, Relation relation, ColumnDefinition column, int ordinal) {
    JdbcType type = JdbcType.of(column.type());
    int size = type.precision(column.precision());
    boolean required = column.notNull();
    answer.add(
        database(),
        relation.schema(),
        relation.name(),
        column.name(),
        type.sqlType(),
        JdbcType.baseName(column.type()),
        size,
        null,
        type.scale(column.scale()),
        type.isNumeric() ? 10 : 0,
        required ? columnNoNulls : columnNullable,
        null,
        column.defaultSql(),
        null,
        null,
        type.isText() ? size : null,
        ordinal,
        required ? "NO" : "YES",
        null,
        null,
        null,
        null,
        "NO",
        "NO");
  }

  @Override
  public ResultSet getPrimaryKeys(
      @Nullable String catalogName, @Nullable String schema, @Nullable String table)
      throws SQLException {
    MetaTable answer =
        new MetaTable(
            "TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "COLUMN_NAME", "KEY_SEQ:s", "PK_NAME");
    for (TableDefinition known : tables(catalogName, schema, table)) {
      KeyConstraint key = known.primaryKey();
      if (key != null) {
        for (int k = 0; k < key.columns().size(); k++) {
          String column = known.columns().get(key.columns().get(k)).name();
          answer.add(database(), known.schema(), known.name(), column, k + 1, key.name());
        }
      }
    }
    return answer.sort(3).resultSet();
  }

  @Override
  public ResultSet getIndexInfo(
      @Nullable String catalogName,
      @Nullable String schema,
      @Nullable String table,
      boolean unique,
      boolean approximate)
      throws SQLException {
    MetaTable answer =
        new MetaTable(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "NON_UNIQUE:b",
            "INDEX_QUALIFIER",
            "INDEX_NAME",
            "TYPE:s",
            "ORDINAL_POSITION:s",
            "COLUMN_NAME",
            "ASC_OR_DESC",
            "CARDINALITY:l",
            "PAGES:l",
            "FILTER_CONDITION");
    for (TableDefinition known : tables(catalogName, schema, table)) {
      KeyConstraint key = known.primaryKey();
      if (key != null) {
        for (int k = 0; k < key.columns().size(); k++) {
          addIndexColumn(
              answer, known, true, key.name(), tableIndexClustered, k, key.columns().get(k), false);
        }
      }
      for (IndexDefinition index : known.indexes()) {
        List<IndexColumn> columns = index.columns();
        boolean isUnique =
            index.unique() || known.uniques().stream().anyMatch(u -> u.indexId() == index.id());
        for (int k = 0; k < columns.size() && (isUnique || !unique); k++) {
          IndexColumn part = columns.get(k);
          addIndexColumn(
              answer,
              known,
              isUnique,
              index.name(),
              tableIndexOther,
              k,
              part.column(),
              part.descending());
        }
      }
    }
    return answer.sort(3, 6, 5, 7).resultSet();
  }

  private void addIndexColumn(
      MetaTable answer,
      TableDefinition table,
      boolean unique,
      String name,
      short kind,
      int ordinal,
      int column,
      boolean descending) {
    answer.add(
        database(),
        table.schema(),
        table.name(),
        !unique,
        null,
        name,
        kind,
        ordinal + 1,
        table.columns().get(column).name(),
        descending ? "D" : "A",
        null,
        null,
        null);
  }

  @Override
  public ResultSet getImportedKeys(
      @Nullable String catalogName, @Nullable String schema, @Nullable String table)
      throws SQLException {
    MetaTable answer = new MetaTable(KEY_COLUMNS);
    CatalogSnapshot snapshot = catalog();
    for (TableDefinition child : tables(catalogName, schema, table)) {
      for (ForeignKey key : child.foreignKeys()) {
        addKey(answer, snapshot, child, key);
      }
    }
    return answer.sort(1, 2, 11, 8).resultSet();
  }

  @Override
  public ResultSet getExportedKeys(
      @Nullable String catalogName, @Nullable String schema, @Nullable String table)
      throws SQLException {
    MetaTable answer = new MetaTable(KEY_COLUMNS);
    CatalogSnapshot snapshot = catalog();
    for (TableDefinition parent : tables(catalogName, schema, table)) {
      for (CatalogSnapshot.Reference reference : snapshot.referencing(parent.id())) {
        addKey(answer, snapshot, reference.child(), reference.key());
      }
    }
    return answer.sort(5, 6, 11, 8).resultSet();
  }

  @Override
  public ResultSet getCrossReference(
      @Nullable String parentCatalog,
      @Nullable String parentSchema,
      @Nullable String parentTable,
      @Nullable String childCatalog,
      @Nullable String childSchema,
      @Nullable String childTable)
      throws SQLException {
    MetaTable answer = new MetaTable(KEY_COLUMNS);
    CatalogSnapshot snapshot = catalog();
    List<TableDefinition> parents = tables(parentCatalog, parentSchema, parentTable);
    for (TableDefinition child : tables(childCatalog, childSchema, childTable)) {
      for (ForeignKey key : child.foreignKeys()) {
        if (parents.stream().anyMatch(parent -> parent.id() == key.parentTableId())) {
          addKey(answer, snapshot, child, key);
        }
      }
    }
    return answer.sort(5, 6, 11, 8).resultSet();
  }

  private void addKey(
      MetaTable answer, CatalogSnapshot snapshot, TableDefinition child, ForeignKey key) {
    TableDefinition parent = Objects.requireNonNull(snapshot.table(key.parentTableId()));
    for (int k = 0; k < key.columns().size(); k++) {
      answer.add(
          database(),
          parent.schema(),
          parent.name(),
          parent.columns().get(key.parentColumns().get(k)).name(),
          database(),
          child.schema(),
          child.name(),
          child.columns().get(key.columns().get(k)).name(),
          k + 1,
          rule(key.onUpdate()),
          rule(key.onDelete()),
          key.name(),
          parentKeyName(parent, key),
          deferrability(key.checking()));
    }
  }

  private static int deferrability(Checking checking) {
    return switch (checking) {
      case NOT_DEFERRABLE -> importedKeyNotDeferrable;
      case INITIALLY_IMMEDIATE -> importedKeyInitiallyImmediate;
      case INITIALLY_DEFERRED -> importedKeyInitiallyDeferred;
    };
  }

  private static int rule(ForeignKey.Action action) {
    return switch (action) {
      case NO_ACTION -> importedKeyNoAction;
      case RESTRICT -> importedKeyRestrict;
      case CASCADE -> importedKeyCascade;
      case SET_NULL -> importedKeySetNull;
      case SET_DEFAULT -> importedKeySetDefault;
    };
  }

  private static @Nullable String parentKeyName(TableDefinition parent, ForeignKey key) {
    KeyConstraint primary = parent.primaryKey();
    if (key.parentIndexId() == 0) {
      return primary == null ? null : primary.name();
    }
    IndexDefinition index = parent.index(key.parentIndexId());
    return index == null ? null : index.name();
  }

  @Override
  public ResultSet getBestRowIdentifier(
      @Nullable String catalogName,
      @Nullable String schema,
      @Nullable String table,
      int scope,
      boolean nullable)
      throws SQLException {
    MetaTable answer =
        new MetaTable(
            "SCOPE:s",
            "COLUMN_NAME",
            "DATA_TYPE:i",
            "TYPE_NAME",
            "COLUMN_SIZE:i",
            "BUFFER_LENGTH:i",
            "DECIMAL_DIGITS:s",
            "PSEUDO_COLUMN:s");
    for (TableDefinition known : tables(catalogName, schema, table)) {
      for (int position : known.keyColumns()) {
        ColumnDefinition column = known.columns().get(position);
        JdbcType type = JdbcType.of(column.type());
        answer.add(
            bestRowSession,
            column.name(),
            type.sqlType(),
            JdbcType.baseName(column.type()),
            type.precision(column.precision()),
            null,
            type.scale(column.scale()),
            bestRowNotPseudo);
      }
    }
    return answer.resultSet();
  }

  @Override
  public ResultSet getTypeInfo() {
    MetaTable answer =
        new MetaTable(
            "TYPE_NAME",
            "DATA_TYPE:i",
            "PRECISION:i",
            "LITERAL_PREFIX",
            "LITERAL_SUFFIX",
            "CREATE_PARAMS",
            "NULLABLE:s",
            "CASE_SENSITIVE:b",
            "SEARCHABLE:s",
            "UNSIGNED_ATTRIBUTE:b",
            "FIXED_PREC_SCALE:b",
            "AUTO_INCREMENT:b",
            "LOCAL_TYPE_NAME",
            "MINIMUM_SCALE:s",
            "MAXIMUM_SCALE:s",
            "SQL_DATA_TYPE:i",
            "SQL_DATETIME_SUB:i",
            "NUM_PREC_RADIX:i");
    for (JdbcType type : JdbcType.values()) {
      if (type == JdbcType.OTHER || type == JdbcType.UNKNOWN || type == JdbcType.BPCHAR) {
        continue;
      }
      boolean quoted = !type.isNumeric() && type != JdbcType.BOOLEAN;
      boolean numeric = type == JdbcType.NUMERIC;
      boolean sized = type == JdbcType.VARCHAR || type == JdbcType.CHAR;
      answer.add(
          type.sqlName(),
          type.sqlType(),
          numeric ? SqlType.MAX_NUMERIC_PRECISION : type.precision(-1),
          quoted ? "'" : null,
          quoted ? "'" : null,
          numeric ? "precision,scale" : sized ? "length" : null,
          typeNullable,
          type.isText(),
          typeSearchable,
          !type.isNumeric(),
          false,
          false,
          null,
          0,
          numeric ? SqlType.MAX_NUMERIC_PRECISION : type.scale(-1),
          null,
          null,
          10);
    }
    return answer.sort(1).resultSet();
  }

  @Override
  public ResultSet getClientInfoProperties() {
    return new MetaTable("NAME", "MAX_LEN:i", "DEFAULT_VALUE", "DESCRIPTION")
        .add("ApplicationName", JdbcType.UNBOUNDED, "", "what the client calls itself")
        .resultSet();
  }

  @Override
  public ResultSet getFunctions(String catalogName, String schemaPattern, String namePattern) {
    return new MetaTable(
            "FUNCTION_CAT",
            "FUNCTION_SCHEM",
            "FUNCTION_NAME",
            "REMARKS",
            "FUNCTION_TYPE:s",
            "SPECIFIC_NAME")
        .resultSet();
  }

  @Override
  public ResultSet getFunctionColumns(
      String catalogName, String schemaPattern, String namePattern, String columnPattern) {
    return new MetaTable(
            "FUNCTION_CAT",
            "FUNCTION_SCHEM",
            "FUNCTION_NAME",
            "COLUMN_NAME",
            "COLUMN_TYPE:s",
            "DATA_TYPE:i",
            "TYPE_NAME",
            "PRECISION:i",
            "LENGTH:i",
            "SCALE:s",
            "RADIX:s",
            "NULLABLE:s",
            "REMARKS",
            "CHAR_OCTET_LENGTH:i",
            "ORDINAL_POSITION:i",
            "IS_NULLABLE",
            "SPECIFIC_NAME")
        .resultSet();
  }

  @Override
  public ResultSet getProcedures(String catalogName, String schemaPattern, String namePattern) {
    return new MetaTable(
            "PROCEDURE_CAT",
            "PROCEDURE_SCHEM",
            "PROCEDURE_NAME",
            "RESERVED1",
            "RESERVED2",
            "RESERVED3",
            "REMARKS",
            "PROCEDURE_TYPE:s",
            "SPECIFIC_NAME")
        .resultSet();
  }

  @Override
  public ResultSet getProcedureColumns(
      String catalogName, String schemaPattern, String namePattern, String columnPattern) {
    return new MetaTable(
            "PROCEDURE_CAT",
            "PROCEDURE_SCHEM",
            "PROCEDURE_NAME",
            "COLUMN_NAME",
            "COLUMN_TYPE:s",
            "DATA_TYPE:i",
            "TYPE_NAME",
            "PRECISION:i",
            "LENGTH:i",
            "SCALE:s",
            "RADIX:s",
            "NULLABLE:s",
            "REMARKS",
            "COLUMN_DEF",
            "SQL_DATA_TYPE:i",
            "SQL_DATETIME_SUB:i",
            "CHAR_OCTET_LENGTH:i",
            "ORDINAL_POSITION:i",
            "IS_NULLABLE",
            "SPECIFIC_NAME")
        .resultSet();
  }

  @Override
  public ResultSet getUDTs(
      String catalogName, String schemaPattern, String namePattern, int[] types) {
    return new MetaTable(
            "TYPE_CAT",
            "TYPE_SCHEM",
            "TYPE_NAME",
            "CLASS_NAME",
            "DATA_TYPE:i",
            "REMARKS",
            "BASE_TYPE:s")
        .resultSet();
  }

  @Override
  public ResultSet getAttributes(
      String catalogName, String schemaPattern, String typePattern, String attributePattern) {
    return new MetaTable(
            "TYPE_CAT",
            "TYPE_SCHEM",
            "TYPE_NAME",
            "ATTR_NAME",
            "DATA_TYPE:i",
            "ATTR_TYPE_NAME",
            "ATTR_SIZE:i",
            "DECIMAL_DIGITS:i",
            "NUM_PREC_RADIX:i",
            "NULLABLE:i",
            "REMARKS",
            "ATTR_DEF",
            "SQL_DATA_TYPE:i",
            "SQL_DATETIME_SUB:i",
            "CHAR_OCTET_LENGTH:i",
            "ORDINAL_POSITION:i",
            "IS_NULLABLE",
            "SCOPE_CATALOG",
            "SCOPE_SCHEMA",
            "SCOPE_TABLE",
            "SOURCE_DATA_TYPE:s")
        .resultSet();
  }

  @Override
  public ResultSet getSuperTypes(String catalogName, String schemaPattern, String typePattern) {
    return new MetaTable(
            "TYPE_CAT",
            "TYPE_SCHEM",
            "TYPE_NAME",
            "SUPERTYPE_CAT",
            "SUPERTYPE_SCHEM",
            "SUPERTYPE_NAME")
        .resultSet();
  }

  @Override
  public ResultSet getSuperTables(String catalogName, String schemaPattern, String tablePattern) {
    return new MetaTable("TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "SUPERTABLE_NAME").resultSet();
  }

  @Override
  public ResultSet getTablePrivileges(
      String catalogName, String schemaPattern, String tablePattern) {
    return new MetaTable(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "GRANTOR",
            "GRANTEE",
            "PRIVILEGE",
            "IS_GRANTABLE")
        .resultSet();
  }

  @Override
  public ResultSet getColumnPrivileges(
      String catalogName, String schema, String table, String columnPattern) {
    return new MetaTable(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "COLUMN_NAME",
            "GRANTOR",
            "GRANTEE",
            "PRIVILEGE",
            "IS_GRANTABLE")
        .resultSet();
  }

  @Override
  public ResultSet getVersionColumns(String catalogName, String schema, String table) {
    return new MetaTable(
            "SCOPE:s",
            "COLUMN_NAME",
            "DATA_TYPE:i",
            "TYPE_NAME",
            "COLUMN_SIZE:i",
            "BUFFER_LENGTH:i",
            "DECIMAL_DIGITS:s",
            "PSEUDO_COLUMN:s")
        .resultSet();
  }

  @Override
  public ResultSet getPseudoColumns(
      String catalogName, String schemaPattern, String tablePattern, String columnPattern) {
    return new MetaTable(
            "TABLE_CAT",
            "TABLE_SCHEM",
            "TABLE_NAME",
            "COLUMN_NAME",
            "DATA_TYPE:i",
            "COLUMN_SIZE:i",
            "DECIMAL_DIGITS:i",
            "NUM_PREC_RADIX:i",
            "COLUMN_USAGE",
            "REMARKS",
            "CHAR_OCTET_LENGTH:i",
            "IS_NULLABLE")
        .resultSet();
  }

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public String getURL() {
    return connection.url();
  }

  @Override
  public String getUserName() {
    return connection.session().principal();
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return connection.isReadOnly();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return Wrappers.unwrap(this, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
