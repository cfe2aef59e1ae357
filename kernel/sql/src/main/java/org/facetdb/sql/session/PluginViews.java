package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.PluginSource;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.ColumnDefinition;
import org.facetdb.sql.catalog.ExtensionDefinition;
import org.facetdb.sql.catalog.SystemView;
import org.facetdb.sql.extension.Extensions;
import org.facetdb.sql.extension.PluginVersion;
import org.facetdb.sql.index.IndexStatistics;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/** The views that show extensions and the indexes of plug-ins. Stateless but for what they ask. */
public final class PluginViews {
  private static final String SCHEMA = "pg_catalog";

  private PluginViews() {}

  /**
   * All of them.
   *
   * @param plugins what they ask, once the database is open
   */
  public static List<SystemView> views(Supplier<PluginSystem> plugins) {
    return List.of(
        extensions(), available(plugins), versions(plugins), states(plugins), indexes(plugins));
  }

  private static ColumnDefinition column(int id, String name, LogicalType type) {
    return ColumnDefinition.of(id, name, type);
  }

  private static List<ColumnDefinition> columns(Object... namesAndTypes) {
    List<ColumnDefinition> columns = new ArrayList<>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      columns.add(column(i / 2 + 1, (String) namesAndTypes[i], (LogicalType) namesAndTypes[i + 1]));
    }
    return columns;
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  private static List<ExtensionDefinition> installed(CatalogSnapshot catalog) {
    return catalog.extensions().values().stream().filter(ExtensionDefinition::installed).toList();
  }

  private static SystemView extensions() {
    return new SystemView(
        SCHEMA,
        "pg_extension",
        columns("extname", SqlType.TEXT, "extversion", SqlType.TEXT),
        (catalog, database) -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          installed(catalog).forEach(e -> rows.add(row(e.name(), e.version())));
          return rows;
        });
  }

  private static SystemView available(Supplier<PluginSystem> plugins) {
    return new SystemView(
        SCHEMA,
        "pg_available_extensions",
        columns(
            "name",
            SqlType.TEXT,
            "default_version",
            SqlType.TEXT,
            "installed_version",
            SqlType.TEXT,
            "comment",
            SqlType.TEXT),
        (catalog, database) -> {
          Map<String, PluginSource.Available> newest = new TreeMap<>();
          for (PluginSource.Available found : plugins.get().extensions().available()) {
            if (found.problem() == null) {
              newest.merge(
                  found.name(),
                  found,
                  (a, b) -> Extensions.compareVersions(a.version(), b.version()) < 0 ? b : a);
            }
          }
          List<List<@Nullable Object>> rows = new ArrayList<>();
          for (PluginSource.Available found : newest.values()) {
            ExtensionDefinition installed = catalog.extension(found.name());
            rows.add(
                row(
                    found.name(),
                    found.version(),
                    installed == null ? null : installed.version(),
                    found.description()));
          }
          return rows;
        });
  }

  private static SystemView versions(Supplier<PluginSystem> plugins) {
    return new SystemView(
        SCHEMA,
        "pg_available_extension_versions",
        columns(
            "name",
            SqlType.TEXT,
            "version",
            SqlType.TEXT,
            "installed",
            SqlType.BOOLEAN,
            "comment",
            SqlType.TEXT,
            "problem",
            SqlType.TEXT),
        (catalog, database) -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          for (PluginSource.Available found : plugins.get().extensions().available()) {
            ExtensionDefinition installed = catalog.extension(found.name());
            rows.add(
                row(
                    found.name(),
                    found.version(),
                    installed != null && installed.version().equals(found.version()),
                    found.description(),
                    found.problem()));
          }
          return rows;
        });
  }

  private static SystemView states(Supplier<PluginSystem> plugins) {
    return new SystemView(
        SCHEMA,
        "facetdb_extensions",
        columns(
            "name",
            SqlType.TEXT,
            "version",
            SqlType.TEXT,
            "state",
            SqlType.TEXT,
            "problem",
            SqlType.TEXT,
            "leases",
            SqlType.BIGINT,
            "contributes",
            SqlType.TEXT),
        (catalog, database) -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          Extensions extensions = plugins.get().extensions();
          for (ExtensionDefinition known : catalog.extensions().values()) {
            PluginVersion version = extensions.current().version(known.name());
            String state = version != null ? "loaded" : known.installed() ? "missing" : "dropped";
            rows.add(
                row(
                    known.name(),
                    known.version(),
                    state,
                    extensions.problem(known.name()),
                    version == null ? null : version.leases().count(),
                    String.join(", ", known.contributes())));
          }
          return rows;
        });
  }

  private static SystemView indexes(Supplier<PluginSystem> plugins) {
    return new SystemView(
        SCHEMA,
        "facetdb_indexes",
        columns(
            "index_name",
            SqlType.TEXT,
            "table_name",
            SqlType.TEXT,
            "method",
            SqlType.TEXT,
            "column_names",
            SqlType.TEXT,
            "options",
            SqlType.TEXT,
            "extension",
            SqlType.TEXT,
            "version",
            SqlType.TEXT,
            "state",
            SqlType.TEXT,
            "problem",
            SqlType.TEXT,
            "format",
            SqlType.INTEGER,
            "entries",
            SqlType.BIGINT,
            "position_sequence",
            SqlType.BIGINT,
            "shown_sequence",
            SqlType.BIGINT,
            "checkpoint_sequence",
            SqlType.BIGINT,
            "covers_from",
            SqlType.TIMESTAMPTZ,
            "checkpoints",
            SqlType.BIGINT,
            "replays",
            SqlType.BIGINT,
            "rebuilds",
            SqlType.BIGINT,
            "index_searches",
            SqlType.BIGINT,
            "scan_searches",
            SqlType.BIGINT),
        (catalog, database) -> {
          List<List<@Nullable Object>> rows = new ArrayList<>();
          for (IndexStatistics index : plugins.get().indexes().statistics()) {
            rows.add(
                row(
                    index.name(),
                    index.table(),
                    index.method(),
                    index.columns(),
                    index.options(),
                    index.extension(),
                    index.version(),
                    index.state(),
                    index.problem(),
                    index.format(),
                    index.entries(),
                    index.positionSequence(),
                    index.shownSequence(),
                    index.checkpointSequence(),
                    index.coversFrom(),
                    index.checkpoints(),
                    index.replays(),
                    index.rebuilds(),
                    index.indexSearches(),
                    index.scanSearches()));
          }
          return rows;
        });
  }
}
