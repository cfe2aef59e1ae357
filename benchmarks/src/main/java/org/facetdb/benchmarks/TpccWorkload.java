package org.facetdb.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The five transactions of TPC-C in its shares over one warehouse, smaller than the standard's:
 * 10,000 items and 300 customers in each of 10 districts; names are left out, money is in cents,
 * and nobody thinks before he types.
 */
record TpccWorkload() implements Workload {
  private static final int DISTRICTS = 10;
  private static final int CUSTOMERS = 300;
  private static final int ITEMS = 10_000;
  private static final int LINES_MIN = 5;
  private static final int LINES_MAX = 15;
  private static final int BATCH = 1_000;

  @Override
  public String name() {
    return "TPC-C-like";
  }

  @Override
  public void load(Connection connection) throws SQLException {
    Workload.execute(
        connection,
        "CREATE TABLE warehouse (w integer PRIMARY KEY, tax integer, ytd bigint)",
        "CREATE TABLE district (d integer PRIMARY KEY, tax integer, ytd bigint, next_o integer)",
        "CREATE TABLE customer (d integer, c integer, balance bigint, paid bigint, payments integer,"
            + " deliveries integer, data varchar(200), PRIMARY KEY (d, c))",
        "CREATE TABLE item (i integer PRIMARY KEY, name varchar(24), price integer)",
        "CREATE TABLE stock (i integer PRIMARY KEY, quantity integer, ytd integer, orders integer,"
            + " dist varchar(24))",
        "CREATE TABLE orders (d integer, o integer, c integer, lines integer, carrier integer,"
            + " PRIMARY KEY (d, o))",
        "CREATE INDEX orders_of_customer ON orders (d, c, o)",
        "CREATE TABLE new_order (d integer, o integer, PRIMARY KEY (d, o))",
        "CREATE TABLE order_line (d integer, o integer, l integer, i integer, quantity integer,"
            + " amount integer, delivered integer, PRIMARY KEY (d, o, l))",
        "CREATE TABLE history (d integer, c integer, amount integer, data varchar(24))",
        "INSERT INTO warehouse VALUES (1, 10, 0)");
    connection.setAutoCommit(false);
    try (PreparedStatement district =
            connection.prepareStatement("INSERT INTO district VALUES (?, 10, 0, 1)");
        PreparedStatement customer =
            connection.prepareStatement("INSERT INTO customer VALUES (?, ?, 0, 0, 0, 0, ?)");
        PreparedStatement item = connection.prepareStatement("INSERT INTO item VALUES (?, ?, ?)");
        PreparedStatement stock =
            connection.prepareStatement("INSERT INTO stock VALUES (?, 100, 0, 0, ?)")) {
      for (int d = 1; d <= DISTRICTS; d++) {
        Client.update(district, d);
        for (int c = 1; c <= CUSTOMERS; c++) {
          add(customer, c, d, c, "customer ".repeat(20));
        }
        customer.executeBatch();
      }
      for (int i = 1; i <= ITEMS; i++) {
        add(item, i, i, "item " + i, 100 + i % 900);
        add(stock, i, i, "district " + i);
      }
      item.executeBatch();
      stock.executeBatch();
    }
    connection.commit();
    connection.setAutoCommit(true);
  }

  private static void add(PreparedStatement insert, int number, Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      insert.setObject(i + 1, values[i]);
    }
    insert.addBatch();
    if (number % BATCH == 0) {
      insert.executeBatch();
    }
  }

  @Override
  public Client client(Connection connection, long seed) throws SQLException {
    return new Terminal(connection, seed);
  }

  private static final class Terminal extends Client {
    private static final int NEW_ORDERS = 45;
    private static final int PAYMENTS = 43;
    private static final int OTHERS = 4;

    private final PreparedStatement warehouseTax;
    private final PreparedStatement takeNumber;
    private final PreparedStatement nextNumber;
    private final PreparedStatement insertOrder;
    private final PreparedStatement insertNewOrder;
    private final PreparedStatement price;
    private final PreparedStatement quantity;
    private final PreparedStatement takeStock;
    private final PreparedStatement insertLine;
    private final PreparedStatement payWarehouse;
    private final PreparedStatement payDistrict;
    private final PreparedStatement payCustomer;
    private final PreparedStatement insertHistory;
    private final PreparedStatement lastOrder;
    private final PreparedStatement balance;
    private final PreparedStatement linesOfOrder;
    private final PreparedStatement oldestNewOrder;
    private final PreparedStatement deleteNewOrder;
    private final PreparedStatement customerOfOrder;
    private final PreparedStatement setCarrier;
    private final PreparedStatement setDelivered;
    private final PreparedStatement amountOfOrder;
    private final PreparedStatement payDelivered;
    private final PreparedStatement lowStock;

    Terminal(Connection connection, long seed) throws SQLException {
      super(connection, seed);
      warehouseTax = prepare("SELECT tax FROM warehouse WHERE w = 1");
      takeNumber = prepare("UPDATE district SET next_o = next_o + 1 WHERE d = ?");
      nextNumber = prepare("SELECT next_o FROM district WHERE d = ?");
      insertOrder = prepare("INSERT INTO orders VALUES (?, ?, ?, ?, NULL)");
      insertNewOrder = prepare("INSERT INTO new_order VALUES (?, ?)");
      price = prepare("SELECT price FROM item WHERE i = ?");
      quantity = prepare("SELECT quantity FROM stock WHERE i = ? FOR UPDATE");
      takeStock =
          prepare("UPDATE stock SET quantity = ?, ytd = ytd + ?, orders = orders + 1 WHERE i = ?");
      insertLine = prepare("INSERT INTO order_line VALUES (?, ?, ?, ?, ?, ?, 0)");
      payWarehouse = prepare("UPDATE warehouse SET ytd = ytd + ? WHERE w = 1");
      payDistrict = prepare("UPDATE district SET ytd = ytd + ? WHERE d = ?");
      payCustomer =
          prepare(
              "UPDATE customer SET balance = balance - ?, paid = paid + ?, payments = payments + 1"
                  + " WHERE d = ? AND c = ?");
      insertHistory = prepare("INSERT INTO history VALUES (?, ?, ?, 'payment')");
      lastOrder = prepare("SELECT max(o) FROM orders WHERE d = ? AND c = ?");
      balance = prepare("SELECT balance FROM customer WHERE d = ? AND c = ?");
      linesOfOrder =
          prepare("SELECT i, quantity, amount, delivered FROM order_line WHERE d = ? AND o = ?");
      oldestNewOrder = prepare("SELECT o FROM new_order WHERE d = ? ORDER BY o LIMIT 1");
      deleteNewOrder = prepare("DELETE FROM new_order WHERE d = ? AND o = ?");
      customerOfOrder = prepare("SELECT c FROM orders WHERE d = ? AND o = ?");
      setCarrier = prepare("UPDATE orders SET carrier = ? WHERE d = ? AND o = ?");
      setDelivered = prepare("UPDATE order_line SET delivered = 1 WHERE d = ? AND o = ?");
      amountOfOrder = prepare("SELECT sum(amount) FROM order_line WHERE d = ? AND o = ?");
      payDelivered =
          prepare(
              "UPDATE customer SET balance = balance + ?, deliveries = deliveries + 1"
                  + " WHERE d = ? AND c = ?");
      lowStock =
          prepare(
              "SELECT count(DISTINCT s.i) FROM order_line l JOIN stock s ON s.i = l.i"
                  + " WHERE l.d = ? AND l.o >= ? AND l.o < ? AND s.quantity < ?");
    }

    private int district() {
      return random.nextInt(DISTRICTS) + 1;
    }

    private int customer() {
      return random.nextInt(CUSTOMERS) + 1;
    }

    @Override
    void run() throws SQLException {
      int kind = random.nextInt(100);
      if (kind < NEW_ORDERS) {
        newOrder();
      } else if (kind < NEW_ORDERS + PAYMENTS) {
        payment();
      } else if (kind < NEW_ORDERS + PAYMENTS + OTHERS) {
        orderStatus();
      } else if (kind < NEW_ORDERS + PAYMENTS + 2 * OTHERS) {
        delivery();
      } else {
        stockLevel();
      }
    }

    private void newOrder() throws SQLException {
      int d = district();
      int lines = random.nextInt(LINES_MIN, LINES_MAX + 1);
      query(warehouseTax);
      update(takeNumber, d);
      int o = (int) query(nextNumber, d) - 1;
      update(insertOrder, d, o, customer(), lines);
      update(insertNewOrder, d, o);
      int item = 0;
      for (int line = 1; line <= lines; line++) {
        // In ascending order, as the standard advises, so that two orders do not lock crosswise.
        item += random.nextInt(ITEMS / LINES_MAX) + 1;
        int wanted = random.nextInt(10) + 1;
        int amount = (int) query(price, item) * wanted;
        int left = (int) query(quantity, item) - wanted;
        update(takeStock, left < 10 ? left + 91 : left, wanted, item);
        update(insertLine, d, o, line, item, wanted, amount);
      }
    }

    private void payment() throws SQLException {
      int d = district();
      int c = customer();
      int amount = random.nextInt(100, 500_000);
      update(payWarehouse, amount);
      update(payDistrict, amount, d);
      update(payCustomer, amount, amount, d, c);
      update(insertHistory, d, c, amount);
    }

    private void orderStatus() throws SQLException {
      int d = district();
      int c = customer();
      query(balance, d, c);
      rows(linesOfOrder, d, (int) query(lastOrder, d, c));
    }

    private void delivery() throws SQLException {
      int carrier = random.nextInt(10) + 1;
      for (int d = 1; d <= DISTRICTS; d++) {
        int o = (int) query(oldestNewOrder, d);
        // Somebody else may have delivered it meanwhile, where one waits for another.
        if (o == 0 || update(deleteNewOrder, d, o) == 0) {
          continue;
        }
        int c = (int) query(customerOfOrder, d, o);
        update(setCarrier, carrier, d, o);
        update(setDelivered, d, o);
        update(payDelivered, query(amountOfOrder, d, o), d, c);
      }
    }

    private void stockLevel() throws SQLException {
      int d = district();
      int next = (int) query(nextNumber, d);
      query(lowStock, d, next - 20, next, random.nextInt(10, 21));
    }
  }

  @Override
  public void check(Connection connection) throws SQLException {
    long paid = Workload.number(connection, "SELECT coalesce(sum(amount), 0) FROM history");
    for (String table : new String[] {"warehouse", "district"}) {
      Workload.require(
          "ytd of " + table, paid, Workload.number(connection, "SELECT sum(ytd) FROM " + table));
    }
    Workload.require(
        "orders",
        Workload.number(connection, "SELECT sum(next_o - 1) FROM district"),
        Workload.number(connection, "SELECT count(*) FROM orders"));
    Workload.require(
        "order lines",
        Workload.number(connection, "SELECT coalesce(sum(lines), 0) FROM orders"),
        Workload.number(connection, "SELECT count(*) FROM order_line"));
  }
}
