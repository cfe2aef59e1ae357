package org.facetdb;

import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.facetdb.spi.DatabaseException;

/**
 * A handle on an open database. Databases are shared within the process: opening a directory that
 * is open already gives another handle on it, and the last handle to be closed closes it.
 *
 * <p>Safe for use by any number of threads. Owns the sessions it made, which end with it.
 */
public final class Database implements AutoCloseable {
  private final SharedDatabase shared;
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private Database(SharedDatabase shared) {
    this.shared = shared;
  }

  /** Opens a directory with {@link DatabaseOptions#defaults()}, making it if absent. */
  public static Database open(Path directory) {
    return open(directory, DatabaseOptions.defaults());
  }

  /**
   * Opens a directory, making it if absent, and recovers it.
   *
   * @throws DatabaseException 55006 where another process, or another class loader of this one, has
   *     it open; category {@code CORRUPTION} where it is damaged
   */
  public static Database open(Path directory, DatabaseOptions options) {
    return new Database(SharedDatabase.open(directory, options));
  }

  /**
   * Opens a database that lives in memory under a name, making it if absent. It is gone when its
   * last handle is closed.
   *
   * @param name empty for one that nobody else can open
   */
  public static Database inMemory(String name, DatabaseOptions options) {
    return new Database(SharedDatabase.inMemory(name, options));
  }

  /** What {@code current_database()} says: the directory's last name, or the name in memory. */
  public String name() {
    return shared.name();
  }

  /** The options that hold: those of the handle that opened the database. */
  public DatabaseOptions options() {
    return shared.options();
  }

  /** A session for the user who runs this process. */
  public Session session() {
    return session(System.getProperty("user.name", "facetdb"));
  }

  /** A session on behalf of a principal. The caller closes it. */
  public Session session(String principal) {
    if (closed) {
      throw DatabaseException.user("08003", "the database handle is closed");
    }
    Session session = new Session(this, shared.sql().session(principal));
    sessions.add(session);
    if (closed) {
      session.close();
      throw DatabaseException.user("08003", "the database handle is closed");
    }
    return session;
  }

  /** Writes all memtables to sstables and merges these into their ideal shape. */
  public void settle() {
    shared.settle();
  }

  void ended(Session session) {
    sessions.remove(session);
  }

  /** Ends the sessions, and the database itself if this is its last handle. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      Set.copyOf(sessions).forEach(Session::close);
    } finally {
      shared.release();
    }
  }
}
