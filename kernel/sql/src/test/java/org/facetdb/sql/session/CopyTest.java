package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.facetdb.spi.DatabaseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyTest {
  private final TestDatabase db = TestDatabase.inMemory();

  @TempDir Path directory;

  @BeforeEach
  void table() {
    db.run(
        "create table t (id int primary key, name text not null, n numeric(8,2) check (n >= 0),"
            + " ok boolean, j json)");
  }

  @AfterEach
  void close() {
    db.close();
  }

  private String file(String name, String... lines) {
    Path file = directory.resolve(name);
    try {
      Files.write(file, List.of(lines));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return file.toString();
  }

  @Test
  void aTableGoesOutAndInAgainInEveryFormat() {
    db.run(
        "insert into t values (1, 'a,\"b\"', 1.5, true, '{\"k\": 1}'), (2, '', null, null, null),"
            + " (3, 'tab\there', 0, false, '[1]')");
    List<String> before = db.rows("select * from t order by id");
    for (String format : List.of("format csv, header", "format text", "format json")) {
      String out = directory.resolve("out").toString();
      assertEquals("COPY 3", db.run("copy t to '" + out + "' with (" + format + ")"));
      db.run("delete from t");
      assertEquals("COPY 3", db.run("copy t from '" + out + "' with (" + format + ")"), format);
      assertEquals(before, db.rows("select * from t order by id"), format);
    }
  }

  @Test
  void aQueryGoesOutAndColumnsComeIn() throws IOException {
    db.run("insert into t (id, name, n) values (1, 'x', 2)");
    String out = directory.resolve("q.csv").toString();
    assertEquals(
        "COPY 1", db.run("copy (select name, n * 2 as twice from t) to '" + out + "' csv header"));
    assertEquals(List.of("name,twice", "x,4.00"), Files.readAllLines(Path.of(out)));
    String in = file("in.csv", "y;5", "z;6");
    assertEquals(
        "COPY 2", db.run("copy t (name, id) from '" + in + "' with (format csv, delimiter ';')"));
    assertEquals(List.of("1|x", "5|y", "6|z"), db.rows("select id, name from t order by id"));
  }

  @Test
  void aBrokenLineSaysWhereAndLoadsNothing() {
    String csv = "(format csv, header)";
    String header = "id,name,n,ok,j";
    check("22P02", csv, 3, "column id", header, "1,a,1,t,", "x,b,1,t,", "3,c,1,t,");
    check("22P04", csv, 3, "missing data for column \"n\"", header, "1,a,1,t,", "2,b");
    check("22P04", csv, 2, "extra data", header, "1,a,1,t,,,");
    check("22P04", csv, 3, "unterminated", header, "1,a,1,t,", "2,\"b,1,t,", "3,c,1,t,");
    check("23502", csv, 3, "not-null", header, "1,a,1,t,", "2,,1,t,", "3,c,1,t,");
    check("23514", csv, 4, "t_n_check", header, "1,a,1,t,", "2,b,1,t,", "3,c,-1,t,");
    check("23505", csv, 4, "t_pkey", header, "1,a,1,t,", "2,b,1,t,", "1,c,1,t,");
    check("22003", csv, 2, "column n", header, "1,a,12345678,t,");
    check("22P04", "(format json)", 2, "invalid JSON", "{\"id\": 1, \"name\": \"a\"}", "{oops}");
    check("22P02", "(format json)", 1, "column ok", "{\"id\": 1, \"ok\": \"maybe\"}");
    check("22P02", "(format text)", 2, "column id", "1\ta\t1\tt\t\\N", "y\tb\t1\tt\t\\N");
  }

  private void check(String state, String format, int line, String reason, String... lines) {
    String broken = file("broken.data", lines);
    DatabaseException e = db.fails(state, "copy t from '" + broken + "' with " + format);
    String place = "file \"" + broken + "\", line " + line;
    assertTrue(e.getMessage().startsWith(place), e.getMessage());
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertEquals(List.of("0"), db.rows("select count(*) from t"));
  }

  @Test
  void aLateBrokenLineOfALargeFileLoadsNothing() {
    String[] lines = new String[5001];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = (i == 4500 ? 17 : i) + ",n" + i + ",1,t,";
    }
    check("23505", "(format csv)", 4501, "t_pkey", lines);
    lines[4500] = "4500,n,1,t,";
    assertEquals(
        "COPY 5001", db.run("copy t from '" + file("good.csv", lines) + "' with (format csv)"));
  }

  @Test
  void filesAndHeadersThatDoNotFitAreRefused() {
    db.fails("58P01", "copy t from '" + directory + "/none.csv' csv");
    db.fails("22P04", "copy t from '" + file("h.csv", "a,b") + "' with (format csv, header match)");
    db.fails("42P01", "copy nope from '/none'");
    db.fails("42703", "copy t (nope) from '/none'");
  }
}
