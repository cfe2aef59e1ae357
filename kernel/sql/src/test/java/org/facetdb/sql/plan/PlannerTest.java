package org.facetdb.sql.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.type.Batch;
import org.facetdb.sql.PreparedSql;
import org.facetdb.sql.Result;
import org.facetdb.sql.SqlDatabase;
import org.facetdb.sql.SqlOptions;
import org.facetdb.sql.SqlSession;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What statements mean and how they are planned, seen through a session on a store in memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlannerTest {
  private Store store;
  private SqlSession session;

  @BeforeAll
  void openWithTables() {
    store = Stores.openInMemory(StoreOptions.defaults());
    session = SqlDatabase.open(store, SqlOptions.defaults("test")).session("tester");
    for (String sql :
        List.of(
            "create table t(id integer primary key, a integer, b text, c numeric(10,2), d date,"
                + " e bigint, s smallint, k char(5))",
            "create table u(id integer primary key, tid integer, x double precision)",
            "create index u_tid on u(tid)",
            "create table big(id integer primary key, w integer)",
            "insert into big select 10 * a.n + b.n, a.n from"
                + " (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) a(n),"
                + " (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) b(n)",
            "insert into t values (1, 10, 'x', 1.50, '2020-01-01', 100, 1, 'ab'),"
                + " (2, 20, 'y', 2.50, '2020-02-01', 200, 2, 'cd'),"
                + " (3, null, null, null, null, null, null, null)",
            "insert into u values (1, 1, 1.5), (2, 1, 2.5), (3, 3, null)")) {
      rows(sql);
    }
  }

  @AfterAll
  void close() {
    session.close();
    store.close();
  }

  private List<String> rows(String sql, Object... parameters) {
    PreparedSql prepared = session.prepare(sql);
    List<String> rows = new ArrayList<>();
    try (Result result = session.execute(prepared, Arrays.asList(parameters))) {
      Batch batch;
      while ((batch = result.nextBatch()) != null) {
        for (int i = 0; i < batch.selectedCount(); i++) {
          int row = batch.rows()[i];
          List<String> cells = new ArrayList<>();
          for (int c = 0; c < batch.columns().length; c++) {
            String text = result.columns().get(c).type().formatAt(batch.column(c), row);
            cells.add(text == null ? "NULL" : text);
          }
          rows.add(String.join(",", cells));
        }
      }
    }
    return rows;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          select nope from t                       | 42703 | 8
          select t.nope from t                     | 42703 | 8
          select z.a from t                        | 42P01 | 8
          select * from nope                       | 42P01 | 15
          select a from t, t as t2                 | 42702 | 8
          select * from t, t                       | 42712 | 18
          select foo(a) from t                     | 42883 | 8
          select a + b from t                      | 42883 | 8
          select a = b from t                      | 42883 | 8
          select a = 'x' from t                    | 22P02 | 12
          select a, count(*) from t                | 42803 | 8
          select a from t where count(*) > 1       | 42803 | 23
          select sum(count(*)) from t              | 42803 | 12
          select a from t where b                  | 42804 | 23
          select case when 1 then 2 end            | 42804 | 18
          select a from t union select b from t    | 42804 | 23
          select a from t union select a, b from t | 42601 | 23
          select a from t order by 2               | 42P10 | 26
          select distinct a from t order by b      | 42P10 | 35
          select id from t where id in (select id, tid from u) | 42601 | 24
          select 1::nosuch                         | 42704 | 11
          select true::date                        | 42846 | 8
          select (select id from t)                | 21000 | 0
          select 1/0                               | 22012 | 0
          select 2147483647 + 1                    | 22003 | 0
          select a from t limit -1                 | 2201W | 23
          """)
  void faultsHaveStateAndPosition(String sql, String state, int position) {
    DatabaseException error = assertThrows(DatabaseException.class, () -> rows(sql), sql);
    assertEquals(state + "@" + position, error.sqlState() + "@" + error.position(), sql);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          select 7/2, -7/2, 7/2.0, 7%3                         | 3,-3,3.5000000000000000,1
          select a + '5', '2' * 3.5 from t where id = 1        | 15,7.0
          select sum(a), avg(a), sum(e), count(*) from t       | 30,15.0000000000000000,300,3
          select count(distinct a), count(a) filter (where a > 10) from t | 2,1
          select 'a' = 'a ', k = 'ab', upper(k) from t where id = 1 | f,t,AB
          select (1, 2) < (1, 3), (1, null) = (2, 3)           | t,f
          select null and false, null or true, not null is null | f,t,f
          select coalesce(null, 2), nullif(1, 1), greatest(1, null, 3) | 2,NULL,3
          select case 1 when 2 then 'a' end                    | NULL
          select 3 between 5 and 1, 3 between symmetric 5 and 1 | f,t
          select date '2020-01-31' + interval '1 month'        | 2020-02-29 00:00:00
          select exists (select 1 from t where id = 9)         | f
          select max(a) from t having max(a) > 100             |
          select 1 where false                                 |
          select sum(id) from t where false                    | NULL
          select count(*) from t a join t b on a.id < b.id     | 3
          select s = 1, s + 1 from t where id = 1              | t,2
          """)
  void aRowMeansWhatPostgresMeans(String sql, String expected) {
    assertEquals(expected == null ? List.of() : List.of(expected), rows(sql), sql);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          select id, (select count(*) from u where tid = t.id) from t order by id | 1,2;2,0;3,1
          select id from t where exists (select 1 from u where tid = t.id) order by 1 | 1;3
          select id from t where not exists (select 1 from u where tid = t.id) | 2
          select id from t where id not in (select tid from u) | 2
          select id from t where a not in (select null::integer) |
          select id from t where a > all (select a from t where id < 2) | 2
          select t.id, m from t, lateral (select max(x) m from u where tid = t.id) v order by 1 | 1,2.5;2,NULL;3,NULL
          select t.id, x from t left join lateral (select x from u where tid = t.id) v on x > 2 order by 1 | 1,2.5;2,NULL;3,NULL
          select a, b, id from t group by id order by id | 10,x,1;20,y,2;NULL,NULL,3
          select a is null g, count(*) n from t group by g order by g | f,2;t,1
          select a, sum(id) from t group by rollup(a) order by 1, 2 | 10,1;20,2;NULL,3;NULL,6
          select b, (select max(tid) from u where tid < t.id) from t group by b, id order by id | x,NULL;y,1;NULL,1
          select id, rank() over (order by a desc nulls last) from t order by 2 | 2,1;1,2;3,3
          select id from t join u using (id) where x > 2 | 2
          select t.id, u.id from t full join u on t.id = u.tid order by 1, 2 | 1,1;1,2;2,NULL;3,3
          with q as (select a from t) select count(*) from q, q r | 9
          select * from (values (1, 'a'), (2, null)) v(n, s) where n > 1 | 2,NULL
          select a from t union select id from t order by 1 | 1;2;3;10;20;NULL
          select id from t except select tid from u | 2
          select a from t order by a desc limit 1 offset 1 | 20
          select a as b, b as c from t order by b limit 2 | 10,x;20,y
          """)
  void rowsComeAsPostgresGivesThem(String sql, String expected) {
    String got = rows(sql).stream().collect(Collectors.joining(";"));
    assertEquals(expected == null ? "" : expected, got, sql);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          select a + 1, sum(a), a::bigint, upper(b), count(*), case when a > 1 then 1 end, (select 1), 'x' from t group by a, b | ?column?,sum,a,upper,count,case,?column?,?column?
          select 1::integer, coalesce(a, 1), exists (select 1) from t | int4,coalesce,exists
          """)
  void columnsAreNamedAsInPostgres(String sql, String names) {
    List<String> got = session.prepare(sql).columns().stream().map(c -> c.name()).toList();
    assertEquals(Arrays.asList(names.split(",")), got);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          select * from t where id = 2                    | Key Lookup on t
          select * from t where id = $1                   | Key Lookup on t
          select * from t where id > 1 and id <= 2        | Key Range Scan on t
          select * from u where tid = 2                   | Index Scan using u_tid on u
          select a from t where b = 'x'                   | Table Scan on t
          select * from t order by a limit 1              | Top-N
          select w from t join big on big.id = t.a where t.id = 1 | Lookup Join
          select * from t join u on t.a = u.id            | Hash Join
          select * from t join u on t.a < u.id            | Nested Loop Join
          """)
  void theAccessPathFitsTheCondition(String sql, String operator) {
    String plan = String.join("\n", rows("explain " + sql.replace("$1", "1")));
    assertTrue(plan.contains(operator), plan);
  }

  @Test
  void rowsInKeyOrderAreNotSorted() {
    String plan = String.join("\n", rows("explain select id, a from t where a > 1 order by id"));
    assertTrue(!plan.contains("Sort"), plan);
    assertEquals(List.of("1", "2"), rows("select id from t where a > 1 order by id"));
  }

  @Test
  void parametersTakeTheTypeOfTheirContext() {
    String sql = "select id from t where a = $1 and d = $2 and b like $3";
    List<String> types = session.prepare(sql).parameterTypes().stream().map(t -> t.name()).toList();
    assertEquals(List.of("integer", "date", "text"), types);
    assertEquals(List.of("1"), rows(sql, 10, java.time.LocalDate.of(2020, 1, 1), "x%"));
    assertEquals(List.of("2"), rows("select id from t where id = ?", 2));
    assertEquals(List.of(), rows("select id from t where id = ?", (Object) null));
  }

  @Test
  void aWholeAlternativeSharedByAnOrJoinsTables() {
    String plan =
        String.join(
            "\n",
            rows(
                "explain select 1 from t, u where (t.id = u.tid and a = 1) or (t.id = u.tid and a ="
                    + " 2)"));
    assertTrue(!plan.contains("Nested Loop"), plan);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          select a + 1 from t where b = 'x'                  | Condition: (b = 'x')
          select a + 1 from t where b = 'x'                  | Output: (a + 1)
          select * from t order by b desc, a nulls first     | Sort Key: b DESC, a NULLS FIRST
          select a, count(*), sum(w + id) from (select a, w, big.id from t, big) s group by a | Group Key: t.a
          select d, count(*), max(b) from t group by d       | Aggregates: count(*), max(b)
          select d, count(distinct b) from t group by d      | Aggregates: count(DISTINCT b)
          select d, count(*) from t group by rollup (d)      | Grouping Sets: (d), ()
          select d from t group by d having sum(a) > 1       | Condition: (sum(a) > 1
          select * from t join u on t.a = u.id               | Hash Cond: (t.a = u.id)
          select * from t x join t y on x.a = y.id           | Table Scan on t x
          select * from t x join t y on x.a = y.id           | Hash Cond: (x.a = y.id)
          select * from t join u on t.a < u.id               | Join Filter: (t.a < u.id)
          select w from t join big on big.id = t.a where t.id = 1 | Key: (big.id = t.a)
          select rank() over (partition by d order by a) from t | rank() OVER (PARTITION BY d ORDER BY a
          select 1 from t left join u on t.id = u.tid and t.b like 'q%' | LIKE(t.b, 'q%')
          select sum(a) over () from t                       | sum(a) OVER ()
          select sum(a) over (order by id rows 2 preceding) from t | ROWS BETWEEN 2 PRECEDING AND CURRENT ROW
          """)
  void plansNameColumns(String sql, String line) {
    String plan = String.join("\n", rows("explain " + sql));
    assertTrue(plan.contains(line), plan);
    assertTrue(!plan.contains("$"), plan);
  }

  @Test
  void theTextOfExpressionsOverExpressionsStaysShort() {
    String sql = "select a + a as a from t limit 5";
    for (int i = 0; i < 25; i++) {
      sql = "select a + a as a from (" + sql + ") s limit 5";
    }
    String plan = String.join("\n", rows("explain " + sql));
    assertTrue(plan.length() < 20_000, plan.length() + " characters");
  }

  @Test
  void analyzeCountsTheRowsOfEveryOperator() {
    String plan = String.join("\n", rows("explain analyze select count(*) from big where w > 7"));
    assertTrue(plan.contains("actual rows=20 ") && plan.contains("actual rows=100 "), plan);
  }
}
