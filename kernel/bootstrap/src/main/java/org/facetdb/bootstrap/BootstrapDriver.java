package org.facetdb.bootstrap;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The driver that an ordinary class path sees. The first connection unpacks the kernel and defines
 * its module layer; from then on every call goes to the kernel's own driver.
 *
 * <p>Safe for use by any number of threads. Each class loader that loads this class has a kernel of
 * its own; the store's directory lock keeps two of them off one directory.
 */
public final class BootstrapDriver implements Driver {
  private static final String URL_PREFIX = "jdbc:facetdb:";

  static {
    try {
      DriverManager.registerDriver(new BootstrapDriver());
    } catch (SQLException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  /** Called by {@link java.util.ServiceLoader}. */
  public BootstrapDriver() {}

  @Override
  public @Nullable Connection connect(String url, @Nullable Properties properties)
      throws SQLException {
    return acceptsURL(url) ? kernel().connect(url, properties) : null;
  }

  @Override
  public boolean acceptsURL(String url) throws SQLException {
    if (url == null) {
      throw new SQLException("the URL is null", "08001");
    }
    return url.startsWith(URL_PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, @Nullable Properties properties)
      throws SQLException {
    return kernel().getPropertyInfo(url, properties);
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
    throw new SQLFeatureNotSupportedException("FacetDB logs through System.Logger", "0A000");
  }

  private static Driver kernel() throws SQLException {
    try {
      return Kernel.driver();
    } catch (KernelException failure) {
      throw new SQLException(failure.getMessage(), "58000", failure);
    }
  }

  /** Holds the layer of this class loader. A failed start is tried again by the next connection. */
  private static final class Kernel {
    private static @Nullable Driver driver;

    static synchronized Driver driver() {
      Driver known = driver;
      if (known == null) {
        known = KernelLayer.define(KernelJars.unpack()).driver();
        driver = known;
      }
      return known;
    }
  }
}
