package org.facetdb.sql.extension;

import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.MemoryAccount;

/** A budget in bytes for many threads. Invariant: 0 <= reserved <= limit. */
public final class Budget implements MemoryAccount {
  private final long limitBytes;
  private final AtomicLong reserved = new AtomicLong();

  public Budget(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  @Override
  public void reserve(long bytes) {
    while (true) {
      long now = reserved.get();
      if (bytes < 0 || bytes > limitBytes - now) {
        throw new DatabaseException(
            "53200",
            DatabaseException.Category.RESOURCE,
            "out of memory for plug-ins: reserved="
                + now
                + " wanted="
                + bytes
                + " limit="
                + limitBytes);
      }
      if (reserved.compareAndSet(now, now + bytes)) {
        return;
      }
    }
  }

  @Override
  public void release(long bytes) {
    reserved.addAndGet(-bytes);
  }
}
