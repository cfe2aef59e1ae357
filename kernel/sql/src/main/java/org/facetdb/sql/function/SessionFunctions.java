package org.facetdb.sql.function;

import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.function.FunctionContext;
import org.facetdb.spi.function.Volatility;
import org.facetdb.spi.type.IntVector;
import org.facetdb.spi.type.LogicalType;
import org.facetdb.spi.type.LongVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.type.SqlType;

/**
 * Functions that ask or change the session: its number, and PostgreSQL's advisory locks. Those that
 * return nothing there give an empty text. Stateless.
 */
final class SessionFunctions {
  private SessionFunctions() {}

  static void define(FunctionList list) {
    list.full(
        "pg_backend_pid",
        SqlType.INTEGER,
        false,
        true,
        Volatility.STABLE,
        (_, i, r, context) -> ((IntVector) r).set(i, session(context).id()));
    for (boolean pair : new boolean[] {false, true}) {
      for (boolean shared : new boolean[] {false, true}) {
        for (boolean forSession : new boolean[] {false, true}) {
          lock(list, pair, shared, forSession);
          tryLock(list, pair, shared, forSession);
        }
        unlock(list, pair, shared);
      }
    }
    list.full(
        "pg_advisory_unlock_all",
        SqlType.TEXT,
        false,
        true,
        Volatility.VOLATILE,
        (_, i, r, context) -> {
          session(context).unlockAllAdvisory();
          FunctionList.set(r, i, "");
        });
  }

  private static SessionAccess session(FunctionContext context) {
    if (context instanceof SessionAccess.Holder holder) {
      return holder.session();
    }
    throw DatabaseException.user("0A000", "there is no session here");
  }

  private static LogicalType[] parameters(boolean pair) {
    return pair
        ? new LogicalType[] {SqlType.INTEGER, SqlType.INTEGER}
        : new LogicalType[] {SqlType.BIGINT};
  }

  private static long key(Vector[] arguments, int row, boolean pair) {
    return pair
        ? (long) ((IntVector) arguments[0]).get(row) << 32
            | Integer.toUnsignedLong(((IntVector) arguments[1]).get(row))
        : ((LongVector) arguments[0]).get(row);
  }

  private static String name(String verb, boolean shared, boolean forSession) {
    return "pg_" + verb + (forSession ? "" : "_xact") + "_lock" + (shared ? "_shared" : "");
  }

  private static void lock(FunctionList list, boolean pair, boolean shared, boolean forSession) {
    list.full(
        name("advisory", shared, forSession),
        SqlType.TEXT,
        false,
        true,
        Volatility.VOLATILE,
        (a, i, r, context) -> {
          session(context).lockAdvisory(key(a, i, pair), pair, shared, forSession, true);
          FunctionList.set(r, i, "");
        },
        parameters(pair));
  }

  private static void tryLock(FunctionList list, boolean pair, boolean shared, boolean forSession) {
    list.full(
        name("try_advisory", shared, forSession),
        SqlType.BOOLEAN,
        false,
        true,
        Volatility.VOLATILE,
        (a, i, r, context) ->
            FunctionList.set(
                r,
                i,
                session(context).lockAdvisory(key(a, i, pair), pair, shared, forSession, false)),
        parameters(pair));
  }

  private static void unlock(FunctionList list, boolean pair, boolean shared) {
    list.full(
        "pg_advisory_unlock" + (shared ? "_shared" : ""),
        SqlType.BOOLEAN,
        false,
        true,
        Volatility.VOLATILE,
        (a, i, r, context) ->
            FunctionList.set(r, i, session(context).unlockAdvisory(key(a, i, pair), pair, shared)),
        parameters(pair));
  }
}
