package org.facetdb.sql.extension;

import org.facetdb.spi.DatabaseException;
import org.facetdb.sql.catalog.ExtensionDefinition;

/** Errors that name a plug-in. Stateless. */
public final class Faults {
  private Faults() {}

  /** A plug-in's code threw what it shouldn't: 38000. */
  public static DatabaseException of(PluginVersion owner, String what, Throwable cause) {
    return new DatabaseException(
        "38000",
        DatabaseException.Category.INTERNAL,
        what + " of extension \"" + owner.name() + "\" failed: " + describe(cause),
        "version=" + owner.version(),
        null,
        0,
        null);
  }

  /** A use that slipped past a lease. */
  static DatabaseException gone(PluginVersion owner) {
    return DatabaseException.user(
        "55000",
        "extension \""
            + owner.name()
            + "\" was changed while the statement was prepared: version="
            + owner.version());
  }

  /** What is needed isn't installed. */
  public static DatabaseException absent(String what, String extension) {
    return DatabaseException.user(
            "42883", what + " needs extension \"" + extension + "\", which is not installed")
        .withHint(
            "CREATE EXTENSION "
                + extension
                + " installs it, once its package is in the plug-in folder.");
  }

  /** What is needed is installed, and its package isn't there or can't be used. */
  static DatabaseException notLoaded(String what, ExtensionDefinition extension, String problem) {
    return DatabaseException.user(
            "42883",
            what + " needs extension \"" + extension.name() + "\", which could not be loaded")
        .withHint(reload(extension))
        .withDetail(problem);
  }

  /** What is needed was installed when the transaction began, and is not any more. */
  static DatabaseException dropped(String what, String extension) {
    return DatabaseException.user(
            "42883", what + " needs extension \"" + extension + "\", which was dropped meanwhile")
        .withHint(
            "Once the transaction has ended, CREATE EXTENSION "
                + extension
                + " installs it again.");
  }

  /** What loads an extension whose package was missing. */
  public static String reload(ExtensionDefinition extension) {
    return "Once its package is in the plug-in folder, ALTER EXTENSION "
        + extension.name()
        + " UPDATE TO '"
        + extension.version()
        + "' loads it.";
  }

  /** A cause without its class's objects, which would keep a plug-in from being unloaded. */
  public static String describe(Throwable cause) {
    String message = cause.getMessage();
    return message == null
        ? cause.getClass().getSimpleName()
        : cause.getClass().getSimpleName() + ": " + message;
  }
}
