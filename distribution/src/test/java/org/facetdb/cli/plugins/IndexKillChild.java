package org.facetdb.cli.plugins;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import org.facetdb.cli.plugins.PackedDatabase.Session;

/**
 * The process that is killed: two threads commit changes of an indexed table each, as fast as they
 * can, and say so once a commit returned.
 *
 * <p>Commit n of a table inserts row n, changes the text of row n - {@link #CHANGED_AFTER} and
 * deletes row n - {@link #DELETED_AFTER}.
 */
public final class IndexKillChild {
  static final String[] TABLES = {"numbered", "keyed"};
  static final int CHANGED_AFTER = 20;
  static final int DELETED_AFTER = 60;

  private IndexKillChild() {}

  static Object key(String table, long number) {
    return table.equals("numbered")
        ? (Object) Math.toIntExact(number)
        : String.format("k%09d", number);
  }

  /** The text of a row when commit {@code last} was the last one; null where there is no row. */
  static @org.jspecify.annotations.Nullable String text(long number, long last) {
    if (number < 1 || number > last || number <= last - DELETED_AFTER) {
      return null;
    }
    return number <= last - CHANGED_AFTER ? "cone x" + number : "wing y" + number;
  }

  /** Argument: the directory. */
  public static void main(String[] arguments) throws SQLException {
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    PackedDatabase database = new PackedDatabase(Path.of(arguments[0]));
    for (String table : TABLES) {
      Session session = database.session();
      long last = session.number("SELECT coalesce(max(n), 0) FROM " + table);
      Thread.ofPlatform().start(() -> commitForEver(session, table, last, out));
    }
  }

  private static void commitForEver(
      Session session, String table, long from, FileOutputStream out) {
    try {
      for (long number = from + 1; ; number++) {
        session.run("BEGIN");
        session.run(
            "INSERT INTO " + table + " VALUES (?, ?, ?)",
            key(table, number),
            "wing y" + number,
            Math.toIntExact(number));
        session.run(
            "UPDATE " + table + " SET body = ? WHERE k = ?",
            "cone x" + (number - CHANGED_AFTER),
            key(table, Math.max(0, number - CHANGED_AFTER)));
        session.run(
            "DELETE FROM " + table + " WHERE k = ?",
            key(table, Math.max(0, number - DELETED_AFTER)));
        session.run("COMMIT");
        out.write(("ack " + table + " " + number + "\n").getBytes(StandardCharsets.US_ASCII));
      }
    } catch (SQLException | IOException e) {
      e.printStackTrace();
      System.exit(3);
    }
  }
}
