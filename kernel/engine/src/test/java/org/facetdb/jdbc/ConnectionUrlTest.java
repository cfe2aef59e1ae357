package org.facetdb.jdbc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a URL may say, and what a second one may say of a database that is open. */
class ConnectionUrlTest extends JdbcTest {
  @TempDir private Path folder;

  private static void refused(String url, String... words) {
    String message = assertState("08001", () -> DriverManager.getConnection(url)).getMessage();
    for (String word : words) {
      assertTrue(message.contains(word), word + " is not in: " + message);
    }
  }

  @Test
  void anUnknownPropertyIsRefusedByNameWithTheKnownOnes() throws SQLException {
    String known = "durability, memory, mmap, password, plugins, user";
    refused("jdbc:facetdb:mem:u?durabilty=none", "\"durabilty\"", known);
    Properties properties = new Properties();
    properties.setProperty("Memory", "64MB");
    String message =
        assertState("08001", () -> DriverManager.getConnection("jdbc:facetdb:mem:u", properties))
            .getMessage();
    assertTrue(message.contains("\"Memory\"") && message.contains(known), message);
    try (Connection pooled = DriverManager.getConnection("jdbc:facetdb:mem:u", "me", "secret")) {
      assertEquals("me", pooled.getMetaData().getUserName());
    }
  }

  @Test
  void aPluginFolderThatIsNotThereIsNamed() throws Exception {
    Path absent = folder.resolve("absent");
    refused("jdbc:facetdb:mem:f?plugins=" + absent, absent.toString(), "does not exist");
    Path file = Files.createFile(folder.resolve("file"));
    String separator = java.io.File.pathSeparator;
    refused(
        "jdbc:facetdb:mem:f?plugins=" + folder + separator + file, file.toString(), "no folder");
    DriverManager.getConnection("jdbc:facetdb:mem:f?plugins=" + folder).close();
  }

  @Test
  void aSecondUrlThatAsksForSomethingElseIsRefused() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    String place = "jdbc:facetdb:" + folder.resolve("db");
    String first = place + "?durability=none&memory=64MB&plugins=" + folder;
    try (Connection opened = DriverManager.getConnection(first)) {
      refused(place + "?durability=sync", "durability", "asked for sync", "open with none");
      refused(place, "durability", "asked for sync, the default", "open with none");
      refused(place + "?durability=none&memory=128MB", "memory", "134217728B", "67108864B");
      refused(place + "?durability=none&plugins=" + other, "plugins", other.toString());
      for (String same : new String[] {first, place + "?durability=none", first + "&user=me"}) {
        try (Connection again = DriverManager.getConnection(same);
            Statement jdbc = again.createStatement()) {
          jdbc.execute("CREATE TABLE IF NOT EXISTS t (id integer)");
        }
      }
      opened.createStatement().close();
    }
    DriverManager.getConnection(place).close();
  }

  @Test
  void aCompressionIsOneOfTwoAndTheOpenOne() throws Exception {
    String place = "jdbc:facetdb:" + folder.resolve("zstd");
    refused(place + "?compression=zip", "compression is lz4 or zstd", "zip");
    try (Connection opened = DriverManager.getConnection(place + "?compression=zstd")) {
      refused(place + "?compression=LZ4", "compression", "asked for lz4", "open with zstd");
      DriverManager.getConnection(place + "?compression=zstd").close();
      DriverManager.getConnection(place).close();
      opened.createStatement().close();
    }
  }

  @Test
  void tablesAreMappedOrNotAndAsTheOpenOnes() throws Exception {
    String place = "jdbc:facetdb:" + folder.resolve("mapped");
    refused(place + "?mmap=yes", "mmap is on or off", "yes");
    try (Connection opened = DriverManager.getConnection(place + "?mmap=on")) {
      refused(place + "?mmap=off", "mmap", "asked for off", "open with on");
      DriverManager.getConnection(place + "?mmap=ON").close();
      try (Statement jdbc = opened.createStatement()) {
        jdbc.execute("CREATE TABLE t (id integer PRIMARY KEY)");
        jdbc.execute("INSERT INTO t VALUES (1), (2)");
        jdbc.execute("VACUUM");
        try (ResultSet rows = jdbc.executeQuery("SELECT sum(id) FROM t")) {
          assertTrue(rows.next());
          assertEquals(3, rows.getInt(1));
        }
      }
    }
  }

  @Test
  void whoFindsNoPackageIsToldHowToSetAFolder() throws SQLException {
    String message = assertState("58P01", () -> execute("CREATE EXTENSION fts")).getMessage();
    assertTrue(message.contains("?plugins=FOLDER"), message);
    try (Connection with = DriverManager.getConnection("jdbc:facetdb:mem:empty?plugins=" + folder);
        Statement jdbc = with.createStatement()) {
      String looked = assertState("58P01", () -> jdbc.execute("CREATE EXTENSION fts")).getMessage();
      assertTrue(looked.contains("not in the plug-in folder: " + folder), looked);
    }
  }
}
