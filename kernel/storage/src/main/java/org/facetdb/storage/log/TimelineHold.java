package org.facetdb.storage.log;

import java.util.List;

/**
 * The files of the timeline as they were at one moment, kept from deletion until this is closed.
 * They only grow, so that the first bytes of each are that moment's. Used by one thread.
 */
public final class TimelineHold implements AutoCloseable {
  /** The first bytes of a file. */
  public record Part(String name, long bytes) {}

  private final List<Part> parts;
  private final Runnable release;
  private boolean closed;

  TimelineHold(List<Part> parts, Runnable release) {
    this.parts = List.copyOf(parts);
    this.release = release;
  }

  /** Oldest first. */
  public List<Part> parts() {
    return parts;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      release.run();
    }
  }
}
