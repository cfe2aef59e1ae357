package org.facetdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.sql.PreparedSql;
import org.facetdb.sql.ResultColumn;
import org.facetdb.sql.extension.PluginVersion;
import org.facetdb.sql.type.SqlType;
import org.jspecify.annotations.Nullable;

/** A statement of one session with what it was last bound to. Used by the session's thread. */
final class Prepared implements PreparedSql {
  private final Session session;
  private final String sql;
  private final SqlNode tree;
  private @Nullable Command command;
  private long catalogVersion;
  private long generation;
  private List<PluginVersion> plugins = List.of();
  private @Nullable List<String> searchPath;

  Prepared(Session session, String sql, SqlNode tree) {
    this.session = session;
    this.sql = sql;
    this.tree = tree;
  }

  Session session() {
    return session;
  }

  @Override
  public String sql() {
    return sql;
  }

  SqlNode tree() {
    return tree;
  }

  /** What it is bound to, if that still holds for a schema. */
  @Nullable Command bound(long version, long pluginGeneration, List<String> path) {
    Command known = command;
    return known != null
            && catalogVersion == version
            && generation == pluginGeneration
            && path.equals(searchPath)
            && known.reusable()
        ? known
        : null;
  }

  /**
   * @param versions the plug-ins that it uses
   */
  void bind(
      Command bound,
      long version,
      long pluginGeneration,
      List<String> path,
      List<PluginVersion> versions) {
    command = bound;
    generation = pluginGeneration;
    plugins = versions;
    catalogVersion = version;
    searchPath = path;
  }

  /** The versions of plug-ins to be leased for each execution. */
  List<PluginVersion> plugins() {
    return plugins;
  }

  /** The parameters of an execution as canonical values of their types. */
  List<@Nullable Object> coerce(List<? extends @Nullable Object> given) {
    List<LogicalType> types = parameterTypes();
    if (given.size() != types.size()) {
      throw DatabaseException.user(
          "08P01",
          "statement needs " + types.size() + " parameters, but was given " + given.size());
    }
    if (given.isEmpty()) {
      return List.of();
    }
    List<@Nullable Object> values = new ArrayList<>(given.size());
    for (int i = 0; i < given.size(); i++) {
      Object value = given.get(i);
      values.add(
          value != null && types.get(i) instanceof SqlType type ? type.canonical(value) : value);
    }
    return values;
  }

  @Override
  public List<ResultColumn> columns() {
    return command == null ? List.of() : command.columns();
  }

  @Override
  public List<LogicalType> parameterTypes() {
    return command == null ? List.of() : command.parameterTypes();
  }
}
