package org.facetdb.sql.session;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.facetdb.sql.SqlDatabase;
import org.facetdb.sql.SqlOptions;
import org.facetdb.storage.Durability;
import org.facetdb.storage.Store;
import org.facetdb.storage.StoreOptions;
import org.facetdb.storage.Stores;

/**
 * The process that is killed: eight sessions read and write registers until then, and say so on
 * standard output. That is a file: Java closes a pipe when the process ends, often before all was
 * read, and each line counts here.
 */
public final class RegisterKillChild {
  private static final int SESSIONS = 8;

  private RegisterKillChild() {}

  /** Arguments: the directory, the isolation level, the seed, the first number. */
  public static void main(String[] arguments) {
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[2]));
    AtomicLong numbers = new AtomicLong(Long.parseLong(arguments[3]));
    Store store =
        Stores.open(
            Path.of(arguments[0]),
            StoreOptions.defaults().withMemtableBytes(32 << 10).withSegmentBytes(64 << 10));
    SqlOptions options =
        SqlOptions.defaults("test")
            .withDurability(random.nextBoolean() ? Durability.SYNC : Durability.NONE);
    SqlDatabase database = SqlDatabase.open(store, options);
    for (int i = 0; i < SESSIONS; i++) {
      RegisterClient client =
          new RegisterClient(
              database.session("another"),
              arguments[1],
              random.split(),
              numbers,
              line -> say(out, line));
      Thread.ofPlatform().start(() -> transactForEver(client));
    }
  }

  private static void transactForEver(RegisterClient client) {
    while (true) {
      client.transact();
    }
  }

  private static void say(FileOutputStream out, String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
