package org.facetdb.testkit;

import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.MemoryAccount;

/** A budget that remembers what is reserved, so that leaks are found. Thread-safe. */
public final class CountingAccount implements MemoryAccount {
  private final long limit;
  private final AtomicLong reserved = new AtomicLong();
  private volatile boolean overdrawn;

  /** A budget of {@code limit} bytes. */
  public CountingAccount(long limit) {
    this.limit = limit;
  }

  @Override
  public void reserve(long bytes) {
    if (reserved.addAndGet(bytes) > limit) {
      reserved.addAndGet(-bytes);
      throw new DatabaseException(
          "53200",
          DatabaseException.Category.RESOURCE,
          "memory budget is used up: limit=" + limit + " bytes=" + bytes);
    }
  }

  @Override
  public void release(long bytes) {
    if (reserved.addAndGet(-bytes) < 0) {
      overdrawn = true;
    }
  }

  /** Bytes that are reserved now. */
  public long reserved() {
    return reserved.get();
  }

  /** Whether more was ever released than reserved. */
  public boolean overdrawn() {
    return overdrawn;
  }
}
