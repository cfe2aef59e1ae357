package org.facetdb.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Transactions like those of TPC-B, as pgbench has them: money goes to or from an account, its
 * teller and its branch, and a row of history says so.
 *
 * @param branches each with 10 tellers and 10,000 accounts
 */
record TpcbWorkload(int branches) implements Workload {
  private static final int TELLERS = 10;
  private static final int ACCOUNTS = 10_000;
  private static final int DELTA_MAX = 5_000;

  @Override
  public String name() {
    return "TPC-B-like";
  }

  @Override
  public void load(Connection connection) throws SQLException {
    Workload.execute(
        connection,
        "CREATE TABLE branches (bid integer PRIMARY KEY, balance integer, filler char(88))",
        "CREATE TABLE tellers (tid integer PRIMARY KEY, bid integer, balance integer, filler"
            + " char(84))",
        "CREATE TABLE accounts (aid integer PRIMARY KEY, bid integer, balance integer, filler"
            + " char(84))",
        "CREATE TABLE history (tid integer, bid integer, aid integer, delta integer, mtime"
            + " timestamp, filler char(22))");
    connection.setAutoCommit(false);
    insert(connection, "branches (bid, balance) VALUES (?, 0)", branches, 0);
    insert(connection, "tellers (tid, bid, balance) VALUES (?, ?, 0)", branches * TELLERS, TELLERS);
    insert(
        connection,
        "accounts (aid, bid, balance, filler) VALUES (?, ?, 0, '')",
        branches * ACCOUNTS,
        ACCOUNTS);
    connection.commit();
    connection.setAutoCommit(true);
  }

  /** Numbers from 1 on, and that of the branch, of which each has {@code perBranch}. */
  private static void insert(Connection connection, String into, int count, int perBranch)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("INSERT INTO " + into)) {
      for (int number = 1; number <= count; number++) {
        statement.setInt(1, number);
        if (perBranch > 0) {
          statement.setInt(2, (number - 1) / perBranch + 1);
        }
        statement.addBatch();
        if (number % 1_000 == 0 || number == count) {
          statement.executeBatch();
        }
      }
    }
  }

  @Override
  public Client client(Connection connection, long seed) throws SQLException {
    return new Payer(connection, seed, branches);
  }

  private static final class Payer extends Client {
    private final int branches;
    private final PreparedStatement account;
    private final PreparedStatement balance;
    private final PreparedStatement teller;
    private final PreparedStatement branch;
    private final PreparedStatement history;

    Payer(Connection connection, long seed, int branches) throws SQLException {
      super(connection, seed);
      this.branches = branches;
      account = prepare("UPDATE accounts SET balance = balance + ? WHERE aid = ?");
      balance = prepare("SELECT balance FROM accounts WHERE aid = ?");
      teller = prepare("UPDATE tellers SET balance = balance + ? WHERE tid = ?");
      branch = prepare("UPDATE branches SET balance = balance + ? WHERE bid = ?");
      history =
          prepare(
              "INSERT INTO history (tid, bid, aid, delta, mtime) VALUES (?, ?, ?, ?,"
                  + " CURRENT_TIMESTAMP)");
    }

    @Override
    void run() throws SQLException {
      int aid = random.nextInt(branches * ACCOUNTS) + 1;
      int bid = random.nextInt(branches) + 1;
      int tid = random.nextInt(branches * TELLERS) + 1;
      int delta = random.nextInt(-DELTA_MAX, DELTA_MAX + 1);
      update(account, delta, aid);
      query(balance, aid);
      update(teller, delta, tid);
      update(branch, delta, bid);
      update(history, tid, bid, aid, delta);
    }
  }

  @Override
  public void check(Connection connection) throws SQLException {
    long paid = Workload.number(connection, "SELECT coalesce(sum(delta), 0) FROM history");
    for (String table : new String[] {"branches", "tellers", "accounts"}) {
      long sum = Workload.number(connection, "SELECT sum(balance) FROM " + table);
      Workload.require("balance of " + table, paid, sum);
    }
  }
}
