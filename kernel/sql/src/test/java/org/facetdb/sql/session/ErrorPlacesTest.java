package org.facetdb.sql.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.facetdb.spi.DatabaseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where errors say that they are: {@code @} stands before the place, or nowhere for none. */
class ErrorPlacesTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2024-01-01T00:00:00Z"));
  private final TestDatabase db = TestDatabase.inMemory(now::get);

  @TempDir private Path folder;

  @AfterEach
  void close() {
    db.close();
  }

  private void table() {
    db.run(
        "create table t (d date, i interval, j json, u uuid, s varchar(3), n int, ts timestamp,"
            + " x numeric(4,2))");
  }

  private DatabaseException fails(TestDatabase database, String sqlState, String marked) {
    DatabaseException error = database.fails(sqlState, marked.replace("@", ""));
    assertEquals(marked.indexOf('@') + 1, error.position(), marked + ": " + error.getMessage());
    return error;
  }

  @Test
  void literalsThatAreNoneOfTheirColumnsType() {
    table();
    fails(db, "22008", "insert into t (d) values (@'2024-13-40')");
    fails(db, "22007", "insert into t (n, d) values (1, '2024-01-01'), (2, @'abc')");
    fails(db, "22007", "insert into t (i) values (@'bogus')");
    fails(db, "22007", "insert into t (i) values (interval @'bogus')");
    fails(db, "22P02", "insert into t (j) values (@'{bad')");
    fails(db, "22P02", "insert into t (u) select @'xyz'");
    fails(db, "22P02", "insert into t (n) values (@'12x')");
    fails(db, "22003", "insert into t (n)\nvalues\n  (@'99999999999')");
    fails(db, "22007", "update t set n = 1, d = @'foo'");
    fails(db, "22008", "delete from t where d = @'2024-99-99'");
    fails(db, "22P02", "select n, cast(@'x' as uuid) from t");
    fails(db, "22P02", "select @'1x'::int");
    fails(db, "22P02", "select coalesce(n, @'y') from t");
    fails(db, "22007", "select * from t where ts between '2024-01-01' and @'then'");
  }

  @Test
  void valuesThatDoNotFitHaveNoPlaceButNameTheType() {
    table();
    String tooLong =
        String.valueOf(fails(db, "22001", "insert into t (s) values ('toolong')").getMessage());
    assertEquals("value too long for type character varying(3)", tooLong);
    fails(db, "22001", "update t set s = 'toolong'; insert into t (s) values ('long')");
    fails(db, "22003", "insert into t (x) values (12345)");
  }

  @Test
  void timesThatAreOutOfReach() {
    table();
    String early = now.get().toString();
    pass(Duration.ofHours(3));
    db.run("insert into t (n) values (1)");
    pass(Duration.ofHours(3));
    db.run("update t set n = 2");
    db.store().flush();
    db.store().compact();
    fails(
        db,
        "72000",
        "select n from t for system_time as of @timestamptz '" + early + "' where n > 0");
    fails(db, "22023", "select * from t for system_time as of @timestamptz '2990-01-01'");
    fails(db, "22023", "select * from t for system_time as of sequence @999999");
    fails(db, "22007", "select * from t for system_time as of timestamp @'bogus'");
    DatabaseException young =
        fails(db, "42P01", "select * from @t for system_time as of timestamp '1990-01-01'");
    assertTrue(String.valueOf(young.hint()).contains("exists now"), young.hint());
  }

  @Test
  void defaultsOfAllKindsStandForTheWord() {
    db.run(
        "create table w (a int default 1 + 2 * 3, b text default case when true then 'x' else null"
            + " end, c date default '2024-01-02', d interval default interval '1 day',"
            + " e text default upper(trim(both ' ' from ' q ')), f numeric(4,2) default 1.5::numeric,"
            + " g int default extract(year from date '2020-02-02')::int, h boolean default ('a' like"
            + " 'a%' and 1 in (1, 2) and 2 between 1 and 3 and not (null is not null)))");
    String row = "7|x|2024-01-02|1 day|Q|1.50|2020|t";
    db.run(
        "insert into w values (default, default, default, default, default, default, default,"
            + " default)");
    assertEquals(List.of(row), db.rows("select * from w"));
    db.run(
        "update w set a = default, b = default, c = default, d = default, e = default,"
            + " f = default, g = default, h = default");
    db.run("insert into w (a) values (default)");
    assertEquals(List.of(row, row), db.rows("select * from w"));
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  @Test
  void whatIsNotSupported() {
    table();
    fails(db, "0A000", "insert into t (s) values ('on conflict') @on conflict do nothing");
    fails(db, "0A000", "insert into t (n) values (1) returning @n");
    fails(db, "0A000", "update t set n = 1 returning @n, s");
    fails(db, "0A000", "delete from t returning @*");
    fails(db, "0A000", "update t set (n, s) = (@select 1, 'a')");
    fails(db, "0A000", "create index on t (n, @lower(s))");
    fails(db, "0A000", "create index on t (n) where @n > 1");
    fails(db, "0A000", "create index on t (n) include (@s)");
    fails(db, "0A000", "@create view v as select 1");
    fails(db, "0A000", "@create sequence s");
  }

  @Test
  void aFunctionOfAPluginThatFails() {
    try (TestDatabase plugins = TestDatabase.inMemory(new FakePlugins(List.of()))) {
      plugins.run("create extension fake; create table t (n int); insert into t values (1)");
      fails(plugins, "38000", "select twice(n), 1 + @explode(n) from t");
      fails(plugins, "38000", "select @explode(7)");
      fails(plugins, "38000", "insert into t select n from t where @explode(n) = 1");
      fails(plugins, "38000", "select explode(n), count(*) from t group by @explode(n)");
      plugins.run("create table d (a int, b int default explode(3))");
      fails(plugins, "38000", "insert into d (a) values (1)");
      fails(plugins, "38000", "insert into d values (1, @default)");
    }
  }

  @Test
  void bytesOfAFileThatAreNoText() throws IOException {
    db.run("create table f (n int, s text)");
    byte[] good = "1,\u00e9\n".repeat(40_000).getBytes(StandardCharsets.UTF_8);
    for (String options : List.of("(format csv)", "(delimiter ',')")) {
      for (int before : new int[] {0, 1, 30_000}) {
        Path file = folder.resolve("bad-" + before);
        byte[] bytes = java.util.Arrays.copyOf(good, good.length);
        int row = good.length / 40_000;
        bytes[before * row + 2] = (byte) 0xff;
        Files.write(file, bytes);
        DatabaseException error = db.fails("22021", "copy f from '" + file + "' " + options);
        assertEquals(
            "file \""
                + file
                + "\", line "
                + (before + 1)
                + ": invalid byte sequence for encoding \"UTF8\": 0xff",
            error.getMessage());
      }
    }
    Path whole = Files.write(folder.resolve("whole"), good);
    assertEquals("COPY 40000", db.run("copy f from '" + whole + "' (format csv)"));
    Path marked = Files.writeString(folder.resolve("marked"), "\uFEFF7,x\n");
    assertEquals("COPY 1", db.run("copy f from '" + marked + "' (format csv)"));
    Path cut =
        Files.write(folder.resolve("cut"), new byte[] {'1', ',', 'x', '\n', '2', ',', (byte) 0xc3});
    String message =
        String.valueOf(db.fails("22021", "copy f from '" + cut + "' (format csv)").getMessage());
    assertTrue(
        message.endsWith("line 2: invalid byte sequence for encoding \"UTF8\": 0xc3"), message);
  }
}
