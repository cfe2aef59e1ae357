package org.facetdb.parser.grammar;

import org.apache.calcite.sql.parser.SqlParserPos;
import org.facetdb.parser.TransactionStatement;
import org.jspecify.annotations.Nullable;

/** Collects the modes of a transaction while they are parsed. Confined to one parse. */
final class TransactionModes {
  TransactionStatement.@Nullable Isolation isolation;
  @Nullable Boolean readOnly;
  @Nullable Boolean deferrable;

  TransactionStatement statement(TransactionStatement.Action action, SqlParserPos pos) {
    return new TransactionStatement(pos, action, null, isolation, readOnly, deferrable, false);
  }
}
