package org.facetdb.sql.session;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.facetdb.parser.ObjectStatement;
import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.Notice;
import org.facetdb.sql.Result;
import org.facetdb.sql.catalog.CatalogEditor;
import org.facetdb.sql.catalog.ExtensionDefinition;
import org.facetdb.sql.catalog.MethodIndex;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.ddl.SourceText;
import org.facetdb.sql.extension.Extensions;
import org.facetdb.sql.extension.Faults;
import org.facetdb.sql.extension.PluginVersion;
import org.facetdb.sql.index.IndexManager;
import org.jspecify.annotations.Nullable;

/**
 * CREATE, ALTER and DROP EXTENSION. The version is loaded and started before anything is committed,
 * and published afterwards; DROP leaves the extension's indexes asleep unless CASCADE drops them.
 */
final class ExtensionCommand implements Command {
  private final String sql;
  private final ObjectStatement statement;

  ExtensionCommand(String sql, ObjectStatement statement) {
    this.sql = sql;
    this.statement = statement;
  }

  static boolean handles(ObjectStatement statement) {
    return statement.kind().equals("extension");
  }

  @Override
  public boolean writes() {
    return true;
  }

  @Override
  public boolean reusable() {
    return false;
  }

  @Override
  public String name() {
    return statement.command();
  }

  @Override
  public Result run(Execution execution) {
    TransactionState transaction = execution.transaction();
    if (transaction.isBlock()) {
      throw DatabaseException.user("25001", name() + " cannot run inside a transaction block");
    }
    String extension = statement.name().names.getLast();
    ExtensionDefinition known = execution.catalog().extensions().get(extension);
    ExtensionDefinition installed = execution.catalog().extension(extension);
    Notice notice = null;
    switch (statement.action()) {
      case CREATE -> notice = create(execution, extension, known, installed);
      case ALTER -> notice = update(execution, required(execution, extension, installed));
      case DROP -> notice = drop(execution, extension, known);
    }
    transaction.catalogChanged();
    return Results.done(name(), notice);
  }

  private static DatabaseException missing(String name) {
    return DatabaseException.user("42704", "extension \"" + name + "\" does not exist");
  }

  private ExtensionDefinition required(
      Execution execution, String name, @Nullable ExtensionDefinition installed) {
    if (installed == null) {
      DatabaseException missing = missing(name);
      boolean available =
          execution.kernel().plugins().extensions().available().stream()
              .anyMatch(found -> found.name().equals(name));
      throw at(
          available ? missing.withHint("CREATE EXTENSION " + name + " installs it.") : missing,
          statement.name());
    }
    return installed;
  }

  private DatabaseException at(DatabaseException error, SqlNode place) {
    return SourceText.at(error, sql, place);
  }

  /** Installs it; what is to be said where it is there and that is no error. */
  private @Nullable Notice create(
      Execution execution,
      String name,
      @Nullable ExtensionDefinition known,
      @Nullable ExtensionDefinition installed) {
    Extensions extensions = execution.kernel().plugins().extensions();
    if (installed != null) {
      String message = "extension \"" + name + "\" already exists";
      if (statement.conditional()) {
        return Notice.skipping("42710", message);
      }
      DatabaseException exists = DatabaseException.user("42710", message);
      boolean loaded = extensions.current().version(name) != null;
      throw at(loaded ? exists : exists.withHint(Faults.reload(installed)), statement.name());
    }
    String version = resolve(extensions, name);
    CatalogEditor editor = execution.transaction().edit();
    int state = known == null ? editor.createKeySpace(null) : known.stateKeySpace();
    PluginVersion loaded = extensions.load(name, version, state);
    execution.transaction().change(new PluginSystem.Change(name, loaded, null));
    List<String> names = Extensions.names(loaded);
    editor.put(
        known == null
            ? new ExtensionDefinition(name, version, true, state, names)
            : known.withVersion(version, names));
    return null;
  }

  private String resolve(Extensions extensions, String name) {
    try {
      return extensions.resolve(name, version());
    } catch (DatabaseException e) {
      throw at(e, statement.name());
    }
  }

  private @Nullable String version() {
    SqlNode version = statement.options().isEmpty() ? null : statement.options().getFirst().value();
    return switch (version) {
      case SqlLiteral literal -> literal.toValue();
      case SqlIdentifier identifier -> identifier.getSimple();
      case null, default -> null;
    };
  }

  /** Changes its version; what is to be said where that version serves already. */
  private @Nullable Notice update(Execution execution, ExtensionDefinition installed) {
    if (statement.options().isEmpty()) {
      throw DatabaseException.unsupported("ALTER EXTENSION takes UPDATE [TO version]");
    }
    Extensions extensions = execution.kernel().plugins().extensions();
    String version = resolve(extensions, installed.name());
    boolean loadedAlready =
        version.equals(installed.version())
            && extensions.current().version(installed.name()) != null;
    if (loadedAlready) {
      return new Notice(
          Notice.Severity.NOTICE,
          "00000",
          "version \"%s\" of extension \"%s\" is already installed"
              .formatted(version, installed.name()));
    }
    IndexManager indexes = execution.kernel().plugins().indexes();
    PluginVersion next = extensions.load(installed.name(), version, installed.stateKeySpace());
    IndexManager.Switch prepared;
    try {
      prepared = indexes.prepare(next.methods());
    } catch (Throwable e) {
      next.leases().retire();
      throw e;
    }
    execution.transaction().change(new PluginSystem.Change(installed.name(), next, prepared));
    execution.transaction().edit().put(installed.withVersion(version, Extensions.names(next)));
    return null;
  }

  private void requireNoIndexes(Execution execution, String extension) {
    List<String> indexes =
        execution.catalog().tables().values().stream()
            .flatMap(table -> table.methodIndexes().stream())
            .filter(index -> index.extension().equals(extension))
            .map(MethodIndex::name)
            .sorted()
            .toList();
    if (!indexes.isEmpty()) {
      DatabaseException refusal =
          DatabaseException.user(
                  "2BP01",
                  "cannot drop extension \"" + extension + "\" because other objects depend on it")
              .withDetail("Indexes: " + String.join(", ", indexes))
              .withHint(
                  "Without RESTRICT its indexes stay and can't be searched until it is back;"
                      + " CASCADE drops them.");
      throw at(refusal, statement.name());
    }
  }

  /** Drops an extension; CASCADE also what one left that was dropped before. */
  private @Nullable Notice drop(
      Execution execution, String name, @Nullable ExtensionDefinition known) {
    if (known == null || !known.installed() && !statement.cascade()) {
      if (statement.conditional()) {
        return Notice.skipping("00000", "extension \"" + name + "\" does not exist");
      }
      throw at(
          known == null
              ? missing(name)
              : missing(name)
                  .withHint(
                      "It was dropped; DROP EXTENSION "
                          + name
                          + " CASCADE drops its indexes and its state, too."),
          statement.name());
    }
    if (statement.dependents() == ObjectStatement.Dependents.REFUSED) {
      requireNoIndexes(execution, name);
    }
    CatalogEditor editor = execution.transaction().edit();
    if (statement.cascade()) {
      for (TableDefinition table : execution.catalog().tables().values()) {
        List<MethodIndex> kept =
            table.methodIndexes().stream().filter(i -> !i.extension().equals(name)).toList();
        if (kept.size() < table.methodIndexes().size()) {
          editor.put(table.withMethodIndexes(kept, table.rowIdSpace()));
        }
      }
      editor.drop(known);
    } else {
      editor.put(known.dropped());
    }
    execution.transaction().change(new PluginSystem.Change(name, null, null));
    return null;
  }
}
