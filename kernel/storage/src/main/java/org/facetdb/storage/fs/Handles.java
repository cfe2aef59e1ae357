package org.facetdb.storage.fs;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many files are open for reading at once: one that was not read for the longest time,
 * about, gives its handle back and gets another with its next read.
 *
 * <p>Safe for use by any number of threads; closes none while it holds its lock. A file in use goes
 * once around the queue before it has to go, so as long as the files that are read fit, none of
 * them is opened twice. Owns nothing.
 */
final class Handles {
  private final int max;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<DiskFile> open = new ArrayDeque<>();

  Handles(int max) {
    this.max = max;
  }

  /** Takes note of a file that has got a handle, and takes those of others that are too many. */
  void opened(DiskFile file) {
    DiskFile idle = add(file);
    while (idle != null) {
      idle.giveHandleBack();
      idle = tooMany();
    }
  }

  private @Nullable DiskFile add(DiskFile file) {
    lock.lock();
    try {
      // After an interrupt it is here already.
      open.remove(file);
      open.addLast(file);
    } finally {
      lock.unlock();
    }
    return tooMany();
  }

  private @Nullable DiskFile tooMany() {
    lock.lock();
    try {
      if (open.size() <= max) {
        return null;
      }
      for (int left = open.size(); left > 0; left--) {
        DiskFile head = open.removeFirst();
        if (!head.wasRead()) {
          return head;
        }
        open.addLast(head);
      }
      // All were read since they were asked last.
      return open.removeFirst();
    } finally {
      lock.unlock();
    }
  }

  /** A file has no handle any more and gets none. */
  void closed(DiskFile file) {
    lock.lock();
    try {
      open.remove(file);
    } finally {
      lock.unlock();
    }
  }

  /** How many there are. */
  int count() {
    lock.lock();
    try {
      return open.size();
    } finally {
      lock.unlock();
    }
  }
}
