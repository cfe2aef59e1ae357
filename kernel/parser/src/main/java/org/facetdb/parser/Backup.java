package org.facetdb.parser;

import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/** {@code BACKUP TO 'folder'}. */
public final class Backup extends Statement {
  private final String folder;

  /** Takes the parts as they were written. */
  public Backup(SqlParserPos pos, String folder) {
    super(pos, "BACKUP");
    this.folder = folder;
  }

  /** The folder of backups as written. */
  public String folder() {
    return folder;
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
    new Unparse(writer).words("BACKUP TO").string(folder);
  }
}
