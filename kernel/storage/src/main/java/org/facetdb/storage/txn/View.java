package org.facetdb.storage.txn;

import java.util.concurrent.atomic.AtomicBoolean;

/** A pinned timestamp. Safe for use by any number of threads; owns its pin until it is released. */
final class View {
  private final Pins pins;
  private final long timestamp;
  private final int slot;
  private final AtomicBoolean released = new AtomicBoolean();

  View(Pins pins, long timestamp) {
    this.pins = pins;
    this.timestamp = timestamp;
    this.slot = pins.pin(timestamp);
  }

  long timestamp() {
    return timestamp;
  }

  void release() {
    if (released.compareAndSet(false, true)) {
      pins.release(slot, timestamp);
    }
  }
}
