package org.facetdb.sql.plan;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import java.util.function.ObjLongConsumer;
import java.util.function.ToLongFunction;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.extension.Absences;
import org.facetdb.sql.extension.Contributions;
import org.facetdb.sql.extension.PluginVersion;
import org.facetdb.sql.index.IndexManager;
import org.jspecify.annotations.Nullable;

/**
 * What planning one statement depends on beside the statement itself. Immutable.
 *
 * @param sql the statement's text, to which error positions refer
 * @param catalog the schema as the statement's transaction sees it
 * @param searchPath schemas that an unqualified name is looked up in, in order
 * @param databaseName what the system views call the database
 * @param rowKeys ids of the tables whose hidden row key may be named `$key`
 * @param targetTypes types that the result's columns are wanted in, so that unknown literals and
 *     parameters take them; empty for none, {@code null} elements for no wish
 * @param parameterTypes types declared for parameters; may be shorter than their number
 * @param history other times of the database, {@code null} where AS OF can't be served
 * @param rowCount a rough number of rows of a table, negative if unknown
 * @param plugins what plug-ins contribute
 * @param constants evaluates what is the same for the whole statement, such as AS OF timestamps
 */
public record PlanContext(
    String sql,
    CatalogSnapshot catalog,
    List<String> searchPath,
    String databaseName,
    Set<Integer> rowKeys,
    List<@Nullable LogicalType> targetTypes,
    List<@Nullable LogicalType> parameterTypes,
    @Nullable History history,
    ToLongFunction<TableDefinition> rowCount,
    ExecutionContext constants,
    Plugins plugins) {

  /**
   * What plug-ins contribute.
   *
   * @param indexes their indexes, {@code null} where none can be searched
   * @param uses is told each version that the statement uses, and leases it
   * @param absences explains names that none of them contributes
   */
  public record Plugins(
      Contributions contributions,
      @Nullable IndexManager indexes,
      Consumer<PluginVersion> uses,
      Absences absences) {
    static final Plugins NONE =
        new Plugins(Contributions.builtin(), null, version -> {}, Absences.NONE);
  }

  /**
   * Other times of the database.
   *
   * @param catalogAt the schema at a commit timestamp
   * @param timestampOfSequence the commit timestamp of a log sequence
   * @param requireKept throws 72000 where a table's history doesn't reach back to a timestamp
   */
  public record History(
      LongFunction<CatalogSnapshot> catalogAt,
      LongUnaryOperator timestampOfSequence,
      ObjLongConsumer<TableDefinition> requireKept) {}

  public PlanContext {
    Objects.requireNonNull(sql);
    Objects.requireNonNull(catalog);
    searchPath = List.copyOf(searchPath);
    Objects.requireNonNull(databaseName);
    Objects.requireNonNull(rowCount);
    Objects.requireNonNull(constants);
  }

  /** A query on the schema {@code public}, without history and statistics. */
  public static PlanContext of(String sql, CatalogSnapshot catalog) {
    return new PlanContext(
        sql,
        catalog,
        List.of("pg_catalog", CatalogSnapshot.PUBLIC),
        "facetdb",
        Set.of(),
        List.of(),
        List.of(),
        null,
        table -> -1,
        ExecutionContext.builder().build(),
        Plugins.NONE);
  }

  /** The same for a SELECT over tables whose rows are to be changed or locked. */
  public PlanContext withRowKeys(Set<Integer> tableIds) {
    return new PlanContext(
        sql,
        catalog,
        searchPath,
        databaseName,
        Set.copyOf(tableIds),
        targetTypes,
        parameterTypes,
        history,
        rowCount,
        constants,
        plugins);
  }

  /** The same with wishes for the result's types. */
  public PlanContext withTargetTypes(List<@Nullable LogicalType> types) {
    return new PlanContext(
        sql,
        catalog,
        searchPath,
        databaseName,
        rowKeys,
        types,
        parameterTypes,
        history,
        rowCount,
        constants,
        plugins);
  }

  /** The same with declared parameter types. */
  public PlanContext withParameterTypes(List<@Nullable LogicalType> types) {
    return new PlanContext(
        sql,
        catalog,
        searchPath,
        databaseName,
        rowKeys,
        targetTypes,
        types,
        history,
        rowCount,
        constants,
        plugins);
  }

  /** The same with other times of the database. */
  public PlanContext withHistory(History value) {
    return new PlanContext(
        sql,
        catalog,
        searchPath,
        databaseName,
        rowKeys,
        targetTypes,
        parameterTypes,
        value,
        rowCount,
        constants,
        plugins);
  }

  /** The same with row counts. */
  public PlanContext withRowCount(ToLongFunction<TableDefinition> value) {
    return new PlanContext(
        sql,
        catalog,
        searchPath,
        databaseName,
        rowKeys,
        targetTypes,
        parameterTypes,
        history,
        value,
        constants,
        plugins);
  }

  /** The same with the session's clock, settings and search path. */
  public PlanContext withSession(
      List<String> path, String database, ExecutionContext statementConstants) {
    return new PlanContext(
        sql,
        catalog,
        path,
        database,
        rowKeys,
        targetTypes,
        parameterTypes,
        history,
        rowCount,
        statementConstants,
        plugins);
  }

  /** The same with what plug-ins contribute. */
  public PlanContext withPlugins(Plugins value) {
    return new PlanContext(
        sql,
        catalog,
        searchPath,
        databaseName,
        rowKeys,
        targetTypes,
        parameterTypes,
        history,
        rowCount,
        constants,
        value);
  }
}
