package org.facetdb.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.facetdb.spi.index.IndexMethod;
import org.jspecify.annotations.Nullable;

/** Lets one version of a method go on from the checkpoint of another, and back. */
final class SwapCheck {
  private final IndexFixture fixture;

  SwapCheck(IndexFixture fixture) {
    this.fixture = fixture;
  }

  void round(Random random, int round, Path directory) {
    List<IndexMethod> methods = fixture.methods();
    for (IndexMethod method : methods) {
      checkFormats(method);
    }
    for (IndexMethod from : methods) {
      for (IndexMethod to : methods) {
        swap(from, to, random, random.nextBoolean() ? directory : null);
      }
    }
  }

  private static void checkFormats(IndexMethod method) {
    if (!method.reads(method.formatVersion())) {
      throw new AssertionError("a method reads what it writes: format=" + method.formatVersion());
    }
    for (int format : new int[] {Integer.MIN_VALUE, -1, 1_000_000, Integer.MAX_VALUE}) {
      if (method.reads(format)) {
        throw new AssertionError("a method doesn't read a format of nobody: format=" + format);
      }
    }
  }

  private void swap(IndexMethod from, IndexMethod to, Random random, @Nullable Path root) {
    try (Session session = new Session(fixture, from, random, newRoot(root))) {
      session.open();
      work(session, random);
      IndexDriver.Committed old = session.driver.committed();
      session.driver.restart();
      if (to.reads(from.formatVersion())) {
        session.open(to);
      } else {
        session.driver.restore(new IndexDriver.Committed(null, new MemoryStore(null)));
        session.open(to);
      }
      session.driver.catchUp(session.workload.log());
      session.compareAll();
      work(session, random);
      session.driver.restart();
      if (!from.reads(session.driver.committedFormat())) {
        session.driver.restore(old);
      }
      session.open(from);
      session.driver.catchUp(session.workload.log());
      session.compareAll();
      work(session, random);
      session.compareAll();
    }
  }

  private static @Nullable Path newRoot(@Nullable Path root) {
    if (root == null) {
      return null;
    }
    try {
      return Files.createTempDirectory(root, "swap");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void work(Session session, Random random) {
    session.steps(20 + random.nextInt(30), true);
    session.advance();
    session.driver.checkpoint();
    session.steps(random.nextInt(10), true);
    session.advance();
  }
}
