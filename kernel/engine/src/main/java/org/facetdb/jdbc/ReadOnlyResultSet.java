package org.facetdb.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;

/**
 * The optional parts of {@link ResultSet} that a result read forward only doesn't have: updating
 * through it, scrolling, locators. All refuse with 0A000.
 */
abstract class ReadOnlyResultSet implements ResultSet {
  @Override
  public void cancelRowUpdates() throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void deleteRow() throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void insertRow() throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void moveToCurrentRow() throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void moveToInsertRow() throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateArray(int p0, Array p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateArray(String p0, Array p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateAsciiStream(int p0, InputStream p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateAsciiStream(int p0, InputStream p1, int p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateAsciiStream(int p0, InputStream p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateAsciiStream(String p0, InputStream p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateAsciiStream(String p0, InputStream p1, int p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateAsciiStream(String p0, InputStream p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBigDecimal(int p0, BigDecimal p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBigDecimal(String p0, BigDecimal p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBinaryStream(int p0, InputStream p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBinaryStream(int p0, InputStream p1, int p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBinaryStream(int p0, InputStream p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBinaryStream(String p0, InputStream p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBinaryStream(String p0, InputStream p1, int p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBinaryStream(String p0, InputStream p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBlob(int p0, InputStream p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBlob(int p0, InputStream p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBlob(int p0, Blob p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBlob(String p0, InputStream p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBlob(String p0, InputStream p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBlob(String p0, Blob p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBoolean(int p0, boolean p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBoolean(String p0, boolean p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateByte(int p0, byte p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateByte(String p0, byte p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBytes(int p0, byte[] p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateBytes(String p0, byte[] p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateCharacterStream(int p0, Reader p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateCharacterStream(int p0, Reader p1, int p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateCharacterStream(int p0, Reader p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateCharacterStream(String p0, Reader p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateCharacterStream(String p0, Reader p1, int p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateCharacterStream(String p0, Reader p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateClob(int p0, Reader p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateClob(int p0, Reader p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateClob(int p0, Clob p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateClob(String p0, Reader p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateClob(String p0, Reader p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateClob(String p0, Clob p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateDate(int p0, Date p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateDate(String p0, Date p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateDouble(int p0, double p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateDouble(String p0, double p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateFloat(int p0, float p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateFloat(String p0, float p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateInt(int p0, int p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateInt(String p0, int p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateLong(int p0, long p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateLong(String p0, long p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNCharacterStream(int p0, Reader p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNCharacterStream(int p0, Reader p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNCharacterStream(String p0, Reader p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNCharacterStream(String p0, Reader p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNClob(int p0, Reader p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNClob(int p0, Reader p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNClob(int p0, NClob p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNClob(String p0, Reader p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNClob(String p0, Reader p1, long p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNClob(String p0, NClob p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNString(int p0, String p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNString(String p0, String p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNull(int p0) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateNull(String p0) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateObject(int p0, Object p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateObject(int p0, Object p1, int p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateObject(String p0, Object p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateObject(String p0, Object p1, int p2) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateRef(int p0, Ref p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateRef(String p0, Ref p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateRow() throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateRowId(int p0, RowId p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateRowId(String p0, RowId p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateSQLXML(int p0, SQLXML p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateSQLXML(String p0, SQLXML p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateShort(int p0, short p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateShort(String p0, short p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateString(int p0, String p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateString(String p0, String p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateTime(int p0, Time p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateTime(String p0, Time p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateTimestamp(int p0, Timestamp p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public void updateTimestamp(String p0, Timestamp p1) throws SQLException {
    throw SqlErrors.unsupported("updating through a result set");
  }

  @Override
  public boolean absolute(int p0) throws SQLException {
    throw SqlErrors.unsupported("scrolling");
  }

  @Override
  public void afterLast() throws SQLException {
    throw SqlErrors.unsupported("scrolling");
  }

  @Override
  public void beforeFirst() throws SQLException {
    throw SqlErrors.unsupported("scrolling");
  }

  @Override
  public boolean first() throws SQLException {
    throw SqlErrors.unsupported("scrolling");
  }

  @Override
  public boolean last() throws SQLException {
    throw SqlErrors.unsupported("scrolling");
  }

  @Override
  public boolean previous() throws SQLException {
    throw SqlErrors.unsupported("scrolling");
  }

  @Override
  public void refreshRow() throws SQLException {
    throw SqlErrors.unsupported("scrolling");
  }

  @Override
  public boolean relative(int p0) throws SQLException {
    throw SqlErrors.unsupported("scrolling");
  }

  @Override
  public Array getArray(int p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public Array getArray(String p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public Blob getBlob(int p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public Blob getBlob(String p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public Clob getClob(int p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public Clob getClob(String p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public NClob getNClob(int p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public NClob getNClob(String p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public Ref getRef(int p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public Ref getRef(String p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public RowId getRowId(int p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public RowId getRowId(String p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public SQLXML getSQLXML(int p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public SQLXML getSQLXML(String p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public URL getURL(int p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public URL getURL(String p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Override
  public boolean rowDeleted() throws SQLException {
    return false;
  }

  @Override
  public boolean rowInserted() throws SQLException {
    return false;
  }

  @Override
  public boolean rowUpdated() throws SQLException {
    return false;
  }

  @Override
  public String getCursorName() throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Deprecated
  @Override
  public InputStream getUnicodeStream(int p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }

  @Deprecated
  @Override
  public InputStream getUnicodeStream(String p0) throws SQLException {
    throw SqlErrors.unsupported("this getter");
  }
}
