package org.facetdb.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import org.facetdb.Database;
import org.facetdb.Session;
import org.facetdb.spi.DatabaseException;
import org.jspecify.annotations.Nullable;

/**
 * The JDBC driver for {@code jdbc:facetdb:DIR} and {@code jdbc:facetdb:mem:NAME}. Connections to
 * one place share its database. Safe for use by any number of threads.
 */
public final class FacetDriver implements Driver {
  static {
    try {
      DriverManager.registerDriver(new FacetDriver());
    } catch (SQLException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  /** Called by {@link java.util.ServiceLoader}. */
  public FacetDriver() {}

  @Override
  public @Nullable Connection connect(String url, @Nullable Properties properties)
      throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    ConnectionUrl parsed = ConnectionUrl.parse(url, properties);
    try {
      Database database = parsed.open();
      try {
        Session session = database.session(parsed.principal());
        return new FacetConnection(database, session, url);
      } catch (RuntimeException failure) {
        database.close();
        throw failure;
      }
    } catch (DatabaseException failure) {
      throw SqlErrors.of(failure);
    }
  }

  @Override
  public boolean acceptsURL(String url) throws SQLException {
    if (url == null) {
      throw SqlErrors.create("the URL is null", "08001");
    }
    return url.startsWith(ConnectionUrl.PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, @Nullable Properties properties) {
    return new DriverPropertyInfo[] {
      property(properties, "durability", "sync", "what a commit waits for", "sync", "none"),
      property(properties, "memory", "", "budget for caches and statements, like 512MB"),
      property(properties, "plugins", "", "folders of plug-in packages, separated as in a path"),
      property(properties, "compression", "lz4", "of the lowest tables", "lz4", "zstd"),
      property(properties, "mmap", "off", "tables as mapped memory", "off", "on"),
      property(properties, "archive", "", "folder for closed segments of the log"),
      property(properties, "user", "", "who the session acts for"),
      property(properties, "password", "", "not looked at")
    };
  }

  private static DriverPropertyInfo property(
      @Nullable Properties given,
      String name,
      String standard,
      String description,
      String... choices) {
    String value = given == null ? standard : given.getProperty(name, standard);
    DriverPropertyInfo info = new DriverPropertyInfo(name, value);
    info.description = description;
    if (choices.length > 0) {
      info.choices = choices;
    }
    return info;
  }

  @Override
  public int getMajorVersion() {
    return 0;
  }

  @Override
  public int getMinorVersion() {
    return 1;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw SqlErrors.unsupported("java.util.logging");
  }
}
