package org.facetdb.cli;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The database that a command works on: a directory of ours, or any JDBC URL. */
final class Target {
  @Option(
      names = {"-d", "--directory"},
      paramLabel = "DIR",
      description = "the database's directory; made if absent")
  private @Nullable Path directory;

  @Option(names = "--url", paramLabel = "JDBC", description = "a JDBC URL instead of a directory")
  private @Nullable String url;

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "the plug-in folder of a database of ours; by default the installation's")
  private @Nullable Path plugins;

  /** Opens it; without a directory and a URL it is a database in memory. */
  Connection connect() throws SQLException {
    Properties properties = new Properties();
    if (plugins != null) {
      properties.setProperty("plugins", plugins.toAbsolutePath().normalize().toString());
    }
    if (url != null) {
      return DriverManager.getConnection(url, properties);
    }
    return DriverManager.getConnection(
        directory == null
            ? "jdbc:facetdb:mem:shell"
            : "jdbc:facetdb:" + directory.toAbsolutePath().normalize(),
        properties);
  }

  boolean isNamed() {
    return directory != null || url != null;
  }

  String description() {
    return url != null ? url : directory != null ? directory.toString() : "in memory";
  }
}
