package org.facetdb.benchmarks;

import io.trino.tpch.LineItem;
import io.trino.tpch.TpchTable;
import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Consumer;

/** TPC-H Q1 and Q6 over stored line items, and selects of one row by key. */
final class SqlBenchmark {
  private static final String LINEITEM =
      """
      CREATE TABLE lineitem (
        l_orderkey integer NOT NULL, l_partkey integer NOT NULL, l_suppkey integer NOT NULL,
        l_linenumber integer NOT NULL, l_quantity decimal(15,2) NOT NULL,
        l_extendedprice decimal(15,2) NOT NULL, l_discount decimal(15,2) NOT NULL,
        l_tax decimal(15,2) NOT NULL, l_returnflag char(1) NOT NULL,
        l_linestatus char(1) NOT NULL, l_shipdate date NOT NULL, l_commitdate date NOT NULL,
        l_receiptdate date NOT NULL, l_shipinstruct char(25) NOT NULL,
        l_shipmode char(10) NOT NULL, l_comment varchar(44) NOT NULL,
        PRIMARY KEY (l_orderkey, l_linenumber))
      """;

  private static final String Q1 =
      """
      SELECT l_returnflag, l_linestatus, sum(l_quantity) AS sum_qty,
        sum(l_extendedprice) AS sum_base_price,
        sum(l_extendedprice * (1 - l_discount)) AS sum_disc_price,
        sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge,
        avg(l_quantity) AS avg_qty, avg(l_extendedprice) AS avg_price,
        avg(l_discount) AS avg_disc, count(*) AS count_order
      FROM lineitem WHERE l_shipdate <= DATE '1998-09-02'
      GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus
      """;

  private static final String Q6 =
      """
      SELECT sum(l_extendedprice * l_discount) AS revenue FROM lineitem
      WHERE l_shipdate >= DATE '1994-01-01' AND l_shipdate < DATE '1995-01-01'
        AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24
      """;

  private static final String ACCOUNT =
      "CREATE TABLE account (id integer PRIMARY KEY, name varchar(40) NOT NULL,"
          + " balance integer NOT NULL)";

  private final Sizes sizes;
  private final Path directory;

  SqlBenchmark(Sizes sizes, Path directory) {
    this.sizes = sizes;
    this.directory = directory;
  }

  void run(Consumer<Metric> sink) throws Exception {
    Path lineItems = lineItems();
    Path accounts = accounts();
    try (SqlSide ours = new SqlSide.Ours(Scratch.fresh(directory, "facetdb"));
        SqlSide h2 = new SqlSide.H2(Scratch.fresh(directory, "h2"));
        SqlSide duck = new SqlSide.DuckDb(Scratch.fresh(directory, "duckdb"))) {
      for (SqlSide side : List.of(ours, h2, duck)) {
        side.execute(LINEITEM, ACCOUNT);
        side.copy("lineitem", lineItems);
        side.copy("account", accounts);
        side.settle();
      }
      query("TPC-H Q1", Q1, ours, h2, duck, sink);
      query("TPC-H Q6", Q6, ours, h2, duck, sink);
      points(ours, h2, sink);
    }
  }

  private void query(
      String name, String sql, SqlSide ours, SqlSide h2, SqlSide duck, Consumer<Metric> sink)
      throws Exception {
    String expected = duck.answer(sql);
    for (SqlSide side : List.of(ours, h2)) {
      String found = side.answer(sql);
      if (!similar(expected, found)) {
        throw new IllegalStateException(
            name + ": " + side.version() + " answers " + found + " instead of " + expected);
      }
    }
    try (PreparedStatement a = ours.connection.prepareStatement(sql);
        PreparedStatement b = h2.connection.prepareStatement(sql);
        PreparedStatement c = duck.connection.prepareStatement(sql)) {
      double[] medians =
          Rounds.medians(
              2,
              sizes.rounds(),
              () -> ours.milliseconds(a),
              () -> h2.milliseconds(b),
              () -> duck.milliseconds(c));
      sink.accept(new Metric(name, "ms", medians[0], h2.version(), medians[1]));
      sink.accept(new Metric(name, "ms", medians[0], duck.version(), medians[2]));
    }
  }

  /** DuckDB averages in floating point, so numbers are compared to nine digits. */
  private static boolean similar(String expected, String found) {
    String[] a = expected.split("\\|");
    String[] b = found.split("\\|");
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i++) {
      if (!a[i].equals(b[i]) && !near(a[i], b[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean near(String a, String b) {
    try {
      double x = Double.parseDouble(a);
      return Math.abs(x - Double.parseDouble(b)) <= 1e-9 * Math.abs(x) + 1e-3;
    } catch (NumberFormatException text) {
      return false;
    }
  }

  private void points(SqlSide ours, SqlSide h2, Consumer<Metric> sink) throws Exception {
    String sql = "SELECT name, balance FROM account WHERE id = ?";
    try (PreparedStatement a = ours.connection.prepareStatement(sql);
        PreparedStatement b = h2.connection.prepareStatement(sql)) {
      double[] medians =
          Rounds.medians(
              2,
              sizes.rounds(),
              () -> ours.pointSelects(a, sizes.accounts(), sizes.selects()),
              () -> h2.pointSelects(b, sizes.accounts(), sizes.selects()));
      sink.accept(new Metric("point select", "ops/s", medians[0], h2.version(), medians[1]));
    }
  }

  private Path accounts() throws IOException {
    Path file = directory.resolve("account.csv");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write("id,name,balance\n");
      for (int i = 0; i < sizes.accounts(); i++) {
        out.write(i + ",holder of account " + i + "," + i * 7 % 1000 + "\n");
      }
    }
    return file;
  }

  private Path lineItems() throws IOException {
    Path file = directory.resolve("lineitem.csv");
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      out.write(
          "l_orderkey,l_partkey,l_suppkey,l_linenumber,l_quantity,l_extendedprice,l_discount,l_tax,"
              + "l_returnflag,l_linestatus,l_shipdate,l_commitdate,l_receiptdate,l_shipinstruct,"
              + "l_shipmode,l_comment\n");
      for (LineItem item : TpchTable.LINE_ITEM.createGenerator(sizes.scale(), 1, 1)) {
        out.write(csv(item));
      }
    }
    return file;
  }

  private static String csv(LineItem item) {
    List<Object> fields =
        List.of(
            item.getOrderKey(),
            item.getPartKey(),
            item.getSupplierKey(),
            item.getLineNumber(),
            item.getQuantity(),
            BigDecimal.valueOf(item.getExtendedPriceInCents(), 2),
            BigDecimal.valueOf(item.getDiscountPercent(), 2),
            BigDecimal.valueOf(item.getTaxPercent(), 2),
            item.getReturnFlag(),
            item.getStatus(),
            LocalDate.ofEpochDay(item.getShipDate()),
            LocalDate.ofEpochDay(item.getCommitDate()),
            LocalDate.ofEpochDay(item.getReceiptDate()),
            item.getShipInstructions(),
            item.getShipMode(),
            '"' + item.getComment().replace("\"", "\"\"") + '"');
    StringBuilder line = new StringBuilder();
    for (Object field : fields) {
      line.append(line.isEmpty() ? "" : ",").append(field);
    }
    return line.append('\n').toString();
  }
}
