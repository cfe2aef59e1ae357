package org.facetdb.sql.session;

import java.util.List;
import org.facetdb.spi.type.Batch;
import org.facetdb.sql.Result;
import org.facetdb.sql.ResultColumn;
import org.jspecify.annotations.Nullable;

/** A result that still reads: translates its failures and tells the session when it is closed. */
final class Guarded implements Result {
  private final Session session;
  private final Result rows;

  Guarded(Session session, Result rows) {
    this.session = session;
    this.rows = rows;
  }

  @Override
  public List<ResultColumn> columns() {
    return rows.columns();
  }

  @Override
  public @Nullable Batch nextBatch() {
    session.enter();
    try {
      Batch batch = rows.nextBatch();
      while (batch != null && batch.selectedCount() == 0) {
        batch = rows.nextBatch();
      }
      if (batch == null) {
        session.exhausted();
      }
      return batch;
    } catch (Throwable e) {
      throw session.failed(e);
    } finally {
      session.leave();
    }
  }

  @Override
  public long updateCount() {
    return rows.updateCount();
  }

  @Override
  public String commandTag() {
    return rows.commandTag();
  }

  @Override
  public void close() {
    session.enterToClose();
    try {
      closeNow();
    } finally {
      session.leave();
    }
  }

  /** Closes it for whoever has the session already. */
  void closeNow() {
    try {
      rows.close();
    } catch (Throwable e) {
      throw session.failed(e);
    } finally {
      session.ended(this);
    }
  }
}
