package org.facetdb.storage;

import java.time.Duration;

/**
 * What a commit waits for before it returns. Readers see a commit, and its committer is told, only
 * when it and all commits before it are as durable as this says.
 *
 * @param synced true if the commit record must be on the device, false if it is enough that the
 *     operating system has it: then it survives the process, not the machine
 * @param window how long the sync may be put off so that other commits share it, zero to {@link
 *     #WINDOW_MAX}; a commit in the queue that may not wait takes the others with it at once
 */
public record Durability(boolean synced, Duration window) {
  /** The largest window. */
  public static final Duration WINDOW_MAX = Duration.ofSeconds(10);

  /** The commit record is synced to the device as soon as that can be done. */
  public static final Durability SYNC = new Durability(true, Duration.ZERO);

  /**
   * The commit record is handed to the operating system: it survives the process, not the machine.
   */
  public static final Durability NONE = new Durability(false, Duration.ZERO);

  public Durability {
    if (window.isNegative() || window.compareTo(WINDOW_MAX) > 0) {
      throw new IllegalArgumentException(
          "a window is at most " + WINDOW_MAX.toSeconds() + " s: window=" + window);
    }
    if (!synced && !window.isZero()) {
      throw new IllegalArgumentException(
          "a commit that waits for no sync has no window: " + window);
    }
  }

  /**
   * Synced, but up to {@code window} later than it could be: fewer syncs, later answers.
   *
   * @throws IllegalArgumentException if the window is negative or beyond {@link #WINDOW_MAX}
   */
  public static Durability group(Duration window) {
    return window.isZero() ? SYNC : new Durability(true, window);
  }
}
