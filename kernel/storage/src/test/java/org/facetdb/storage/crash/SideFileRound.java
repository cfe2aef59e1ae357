package org.facetdb.storage.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.facetdb.storage.Durability;
import org.facetdb.storage.SideFiles;
import org.facetdb.storage.Store;
import org.facetdb.storage.Transaction;
import org.facetdb.storage.txn.Model;

/**
 * Writes side files and then commits rows that name them with length and checksum, as a checkpoint
 * of an index does. Used by one thread; lives as long as its round, so that no name is used twice.
 */
final class SideFileRound {
  private static final int SLOTS = 4;

  private final Random random;
  private final Ledger ledger;
  private int made;

  SideFileRound(Random random, Ledger ledger) {
    this.random = random;
    this.ledger = ledger;
  }

  private static byte[] key(int slot) {
    return new byte[] {(byte) 250, (byte) slot};
  }

  /** What a slot's row says: directory, name, length, checksum; empty without a row. */
  private static List<String> named(Model model, int slot) {
    byte[] row = model.get(Store.CATALOG_KEY_SPACE, key(slot));
    return row == null ? List.of() : List.of(new String(row, StandardCharsets.US_ASCII).split(" "));
  }

  /** Every file that a commit named is there, whole. */
  static void assertWhole(Store store, Model model) {
    for (int slot = 0; slot < SLOTS; slot++) {
      List<String> row = named(model, slot);
      if (!row.isEmpty()) {
        SideFiles files = store.sideFiles();
        String place = "side file " + row;
        assertEquals(
            List.of(row.get(1)),
            files.files(row.get(0)).stream().filter(row.get(1)::equals).toList(),
            place);
        assertEquals(row.get(2), "" + files.length(row.get(0), row.get(1)), place);
        assertEquals(row.get(3), "" + files.checksum(row.get(0), row.get(1)), place);
      }
    }
  }

  /** Writes or links a file, commits its name, then deletes the one that it replaces. */
  void commit(Store store) {
    Model model = ledger.latest().copy();
    int slot = random.nextInt(SLOTS);
    List<String> before = named(model, slot);
    List<String> source = named(model, random.nextInt(SLOTS));
    String row =
        source.isEmpty() || random.nextInt(3) > 0
            ? write(store.sideFiles(), directory(false))
            : link(store.sideFiles(), source, directory(true));
    byte[] value = row.getBytes(StandardCharsets.US_ASCII);
    model.put(Store.CATALOG_KEY_SPACE, key(slot), value);
    try (Transaction transaction = store.begin()) {
      transaction.put(Store.CATALOG_KEY_SPACE, key(slot), value);
      ledger.unknown(model);
      long timestamp = transaction.commit(Durability.SYNC);
      ledger.committed(model, store.lastSequence(), timestamp, true);
    }
    if (!before.isEmpty() && random.nextBoolean()) {
      store.sideFiles().delete(before.get(0), before.get(1));
      deleteUnnamed(store.sideFiles(), model);
    }
  }

  private String directory(boolean unused) {
    int number = unused || random.nextInt(3) == 0 ? made++ : random.nextInt(3);
    return "index/" + (unused ? "copy" : "") + number;
  }

  private String write(SideFiles files, String directory) {
    String name = "file-" + made++;
    files.createDirectory(directory);
    byte[] bytes = new byte[random.nextInt(3_000)];
    random.nextBytes(bytes);
    try (SideFiles.Output output = files.create(directory, name)) {
      int half = bytes.length / 2;
      output.write(bytes, 0, half);
      output.write(bytes, half, bytes.length - half);
      files.sync(directory, closed(output, name));
      return directory + " " + name + " " + output.position() + " " + output.checksum();
    }
  }

  private static List<String> closed(SideFiles.Output output, String name) {
    output.close();
    return List.of(name);
  }

  private static String link(SideFiles files, List<String> source, String directory) {
    files.createDirectory(directory);
    files.link(source.get(0), source.get(1), directory);
    files.sync(directory, List.of(source.get(1)));
    return directory + " " + source.get(1) + " " + source.get(2) + " " + source.get(3);
  }

  private static void deleteUnnamed(SideFiles files, Model model) {
    TreeSet<String> used = new TreeSet<>();
    for (int slot = 0; slot < SLOTS; slot++) {
      List<String> row = named(model, slot);
      if (!row.isEmpty()) {
        used.add(row.get(0));
      }
    }
    for (String child : files.directories("index")) {
      if (!used.contains("index/" + child)) {
        files.deleteDirectory("index/" + child);
      }
    }
  }
}
