package org.facetdb.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;

/** The setters of {@link PreparedStatement} for types that the database doesn't have. */
abstract class LocatorFreeStatement extends FacetStatement implements PreparedStatement {
  LocatorFreeStatement(FacetConnection connection) {
    super(connection);
  }

  @Override
  public void setArray(int p0, Array p1) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setBlob(int p0, InputStream p1) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setBlob(int p0, InputStream p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setBlob(int p0, Blob p1) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setClob(int p0, Reader p1) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setClob(int p0, Reader p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setClob(int p0, Clob p1) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setNClob(int p0, Reader p1) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setNClob(int p0, Reader p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setNClob(int p0, NClob p1) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setRef(int p0, Ref p1) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setRowId(int p0, RowId p1) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setSQLXML(int p0, SQLXML p1) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Override
  public void setURL(int p0, URL p1) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }

  @Deprecated
  @Override
  public void setUnicodeStream(int p0, InputStream p1, int p2) throws SQLException {
    throw SqlErrors.unsupported("this setter");
  }
}
