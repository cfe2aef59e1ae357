package org.facetdb.fts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FlushInfo;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.facetdb.spi.DatabaseException;
import org.facetdb.spi.index.IndexContext;
import org.facetdb.spi.index.IndexView;
import org.facetdb.spi.index.Position;
import org.facetdb.spi.index.SearchRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FtsIndexTest {
  @TempDir Path folder;

  @Test
  void showsToEachSnapshotWhatHeldThen() {
    try (Fixture fixture = new Fixture()) {
      fixture.put(1, 10, "wings", "flow over wings");
      fixture.refresh(10);
      try (IndexView old = fixture.index.view()) {
        fixture.index.end(1, 10, 20);
        fixture.put(1, 20, "cones", "flow over cones");
        fixture.refresh(20);
        assertEquals(List.of(1L), fixture.find(19, "wing"));
        assertEquals(List.of(), fixture.find(20, "wing"));
        assertEquals(List.of(1L), fixture.find(20, "cone"));
        assertEquals(List.of(), fixture.find(9, "wing"));
        SearchRequest request = Fixture.request(SearchRequest.Order.ANY, 1, 19, "wing");
        assertEquals(1, Fixture.hits(old, request, 4).size());
        assertEquals(new Position(10, 10), old.position());
      }
    }
  }

  @Test
  void pagesThroughAllRowsOnceHoweverFewWereWanted() {
    try (Fixture fixture = new Fixture()) {
      for (int i = 0; i < 5000; i++) {
        fixture.put(i, 10, "wing " + "pad ".repeat(i % 7), null);
      }
      fixture.refresh(10);
      try (IndexView view = fixture.index.view()) {
        for (int wanted : new int[] {1, 10, Integer.MAX_VALUE}) {
          SearchRequest request =
              Fixture.request(SearchRequest.Order.BEST_FIRST, wanted, 10, "wing");
          List<Fixture.Hit> hits = Fixture.hits(view, request, 333);
          Set<Long> rows = new HashSet<>();
          hits.forEach(hit -> rows.add(hit.rowId()));
          assertEquals(5000, hits.size());
          assertEquals(5000, rows.size());
        }
      }
    }
  }

  @Test
  void ignoresWhatWasGivenBefore() {
    try (Fixture fixture = new Fixture(folder, Map.of())) {
      for (int row = 0; row < 100; row++) {
        fixture.put(row, 10, "wing", "row " + row);
      }
      fixture.put(5, 10, "wing", "row 5");
      fixture.refresh(10);
      fixture.put(6, 10, "wing", "row 6");
      fixture.index.end(7, 10, 20);
      fixture.index.end(7, 10, 20);
      fixture.refresh(20);
      assertEquals(100, fixture.index.entryCount());
      fixture.checkpoint(new Position(0, 0));
      fixture.reopen();
      for (int row = 0; row < 100; row++) {
        fixture.put(row, 10, "wing", "row " + row);
      }
      fixture.index.end(7, 10, 20);
      fixture.refresh(20);
      assertEquals(100, fixture.index.entryCount());
      assertEquals(List.of(), fixture.find(20, "body:7"));
      assertEquals(List.of(7L), fixture.find(19, "body:7"));
    }
  }

  @Test
  void dropsExpiredEntriesAndTheirEnds() {
    try (Fixture fixture = new Fixture()) {
      long time = 10;
      for (int round = 0; round < 60; round++) {
        for (int row = 0; row < 100; row++) {
          if (round > 0) {
            fixture.index.end(row, time - 10, time);
          }
          fixture.put(row, time, "wing", "round " + round);
        }
        fixture.refresh(time);
        fixture.index.expire(time);
        time += 10;
      }
      fixture.index.awaitMerges();
      fixture.checkpoint(new Position(time, time));
      fixture.index.awaitMerges();
      long held = fixture.index.entryCount();
      assertTrue(held < 3000, "merges drop most of 5900 expired entries: held=" + held);
      long ends = fixture.index.endCount();
      assertTrue(ends < 3000, "ends go with their entries: ends=" + ends);
      assertEquals(100, countOf(fixture, time, "wing"));
      fixture.reopen();
      assertEquals(100, countOf(fixture, time, "wing"));
      assertEquals(100, countOf(fixture, time, "body:59"));
      assertEquals(0, countOf(fixture, time, "body:58"));
    }
  }

  private static int countOf(Fixture fixture, long snapshot, String query) {
    try (IndexView view = fixture.index.view()) {
      return Fixture.hits(view, Fixture.request(SearchRequest.Order.ANY, 10, snapshot, query), 100)
          .size();
    }
  }

  @Test
  void leavesOpenViewsUsableAfterItIsClosed() {
    Fixture fixture = new Fixture(folder, Map.of());
    fixture.put(1, 10, "wing", null);
    fixture.checkpoint(new Position(10, 10));
    fixture.refresh(10);
    IndexView view = fixture.index.view();
    fixture.close();
    SearchRequest request = Fixture.request(SearchRequest.Order.BEST_FIRST, 1, 10, "wing");
    assertEquals(1, Fixture.hits(view, request, 4).size());
    view.close();
    assertThrows(DatabaseException.class, fixture.index::view);
  }

  @Test
  void endsItsMergeThreadWhenItIsClosed() {
    Fixture fixture = new Fixture();
    for (int i = 0; i < 60; i++) {
      fixture.put(i, 10 + i, "wing", null);
      fixture.refresh(10 + i);
    }
    fixture.close();
    boolean merging =
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(thread -> thread.getName().startsWith("Lucene Merge"));
    assertFalse(merging);
  }

  @Test
  void refusesADamagedFileOfEnds() {
    Fixture fixture = withEnds(FtsFormat.FIXED_ENDS);
    int length = (int) fixture.store.length("ends_1");
    fixture.index.close();
    for (int offset = 0; offset < length; offset++) {
      fixture.store.restart();
      fixture.store.damage("ends_1", offset);
      DatabaseException refused = assertThrows(DatabaseException.class, () -> reopen(fixture));
      assertEquals(DatabaseException.Category.CORRUPTION, refused.category());
      fixture.store.damage("ends_1", offset);
    }
    fixture.store.restart();
    reopen(fixture).close();
  }

  @Test
  void refusesDamagedListsOfSegmentsAndState() {
    Fixture fixture = withEnds(FtsFormat.FIXED_ENDS);
    fixture.index.close();
    fixture.store.damage("segments_1", 20);
    DatabaseException refused = assertThrows(DatabaseException.class, () -> reopen(fixture));
    assertEquals(DatabaseException.Category.CORRUPTION, refused.category());
    fixture.store.damage("segments_1", 20);
    fixture.restored = new IndexContext.Restored(1, Position.START, new byte[] {1, 2});
    refused = assertThrows(DatabaseException.class, () -> reopen(fixture));
    assertEquals(DatabaseException.Category.CORRUPTION, refused.category());
    assertEquals(0, fixture.reserved.get());
  }

  private static Fixture withEnds(FtsFormat format) {
    Fixture fixture = new Fixture(null, Map.of(), format);
    for (int row = 0; row < 20; row++) {
      fixture.put(row, 10, "wing", "row " + row);
      fixture.index.end(row, 10, 20 + row);
      fixture.put(row, 20 + row, "cone", "row " + row);
    }
    fixture.checkpoint(new Position(40, 40));
    return fixture;
  }

  private static FtsIndex reopen(Fixture fixture) {
    fixture.index = fixture.open();
    return fixture.index;
  }

  @Test
  void opensTheEarlierFormatAndWritesItsOwn() {
    Fixture fixture = withEnds(FtsFormat.FIXED_ENDS);
    long fixedBytes = fixture.store.length("ends_1");
    fixture.format = FtsFormat.DELTA_ENDS;
    fixture.reopen();
    assertEquals(20, countOf(fixture, 60, "cone"));
    assertEquals(0, countOf(fixture, 60, "wing"));
    assertEquals(12, countOf(fixture, 27, "wing"));
    fixture.checkpoint(new Position(40, 40));
    assertTrue(fixture.store.length("ends_2") < fixedBytes / 3);
    fixture.reopen();
    assertEquals(12, countOf(fixture, 27, "wing"));
    fixture.close();
    fixture.format = FtsFormat.FIXED_ENDS;
    DatabaseException refused = assertThrows(DatabaseException.class, () -> reopen(fixture));
    assertEquals(DatabaseException.Category.CORRUPTION, refused.category());
  }

  @Test
  void writesEndsAsTheirFormatSays() {
    long[] pairs = {5, 300, 7, 310};
    byte[] bytes = EndsFile.encode(FtsFormat.DELTA_ENDS, pairs);
    List<String> hex = new ArrayList<>();
    for (int i = 16; i < bytes.length - 4; i++) {
      hex.add("%02X".formatted(bytes[i]));
    }
    assertEquals(List.of("05", "D8", "04", "02", "14"), hex);
    long[] extremes = {Long.MIN_VALUE, -5, -1, 3, 0, 1, 0, 9, Long.MAX_VALUE, Long.MAX_VALUE - 1};
    for (FtsFormat format : FtsFormat.values()) {
      byte[] file = EndsFile.encode(format, extremes);
      assertEquals(
          List.of(boxed(extremes)), List.of(boxed(EndsFile.decode("ends", file).sortedPairs())));
    }
  }

  private static Long[] boxed(long[] numbers) {
    return Arrays.stream(numbers).boxed().toArray(Long[]::new);
  }

  @Test
  void takesTheFormatFromThePluginsVersion() {
    assertEquals(FtsFormat.FIXED_ENDS, FtsFormat.ofVersion("0.1.0"));
    assertEquals(FtsFormat.DELTA_ENDS, FtsFormat.ofVersion("0.2.0"));
    assertEquals(FtsFormat.DELTA_ENDS, FtsFormat.ofVersion("1.0.0-beta"));
    assertFalse(FtsFormat.FIXED_ENDS.reads(2));
    assertTrue(FtsFormat.DELTA_ENDS.reads(1));
  }

  @Test
  void makesRepeatedChangesVisibleWithoutARefresh() {
    try (Fixture fixture = new Fixture()) {
      for (int row = 0; row < 300; row++) {
        fixture.put(row, 10 + row, "wing", null);
        fixture.index.advance(new Position(10 + row, 10 + row));
      }
      try (IndexView view = fixture.index.view()) {
        assertTrue(view.position().sequence() >= 255, "position=" + view.position());
      }
    }
  }

  @Test
  void mergesMoreWhileNothingChanges() {
    try (Fixture fixture = new Fixture()) {
      for (int row = 1; row <= 7; row++) {
        fixture.put(row, row, "wing", null);
        fixture.refresh(row);
      }
      fixture.checkpoint(new Position(7, 7));
      assertEquals(7, fixture.index.segmentCount());
      quietRound(fixture, 8);
      assertFalse(fixture.index.wantsCheckpoint());
      quietRound(fixture, 9);
      fixture.index.awaitMerges();
      quietRound(fixture, 10);
      assertTrue(
          fixture.index.segmentCount() <= 3, () -> "segments=" + fixture.index.segmentCount());
      assertTrue(fixture.index.wantsCheckpoint());
      assertEquals(7, fixture.find(10, "wing").size());
      fixture.checkpoint(new Position(10, 10));
      assertFalse(fixture.index.wantsCheckpoint());
      fixture.reopen();
      assertTrue(fixture.index.segmentCount() <= 3);
      assertEquals(7, fixture.find(10, "wing").size());
    }
  }

  /** A commit elsewhere, a good while after the last. */
  private static void quietRound(Fixture fixture, long time) {
    fixture.aheadNanos.addAndGet(TimeUnit.SECONDS.toNanos(3));
    fixture.index.advance(new Position(time, time));
  }

  @Test
  void searchesFilesOnTheHeapAsFilesOnDisk() throws IOException {
    byte[] content = new byte[300];
    new Random(7).nextBytes(content);
    ByteBuffersDirectory reference = new ByteBuffersDirectory();
    HeapCachedDirectory cached = new HeapCachedDirectory(new ByteBuffersDirectory(), 1_000, 1_000);
    IOContext small = IOContext.flush(new FlushInfo(1, 300));
    for (Directory directory : List.of(reference, cached)) {
      try (IndexOutput out = directory.createOutput("file", small)) {
        out.writeBytes(content, content.length);
      }
    }
    try (IndexInput expected = reference.openInput("file", IOContext.DEFAULT);
        IndexInput found = cached.openInput("file", IOContext.DEFAULT)) {
      IndexInput slice = found.slice("part", 17, 200);
      IndexInput expectedSlice = expected.slice("part", 17, 200);
      slice.seek(5);
      expectedSlice.seek(5);
      assertEquals(expectedSlice.readLong(), slice.readLong());
      assertEquals(expectedSlice.clone().readInt(), slice.clone().readInt());
      assertEquals(expectedSlice.readShort(), slice.readShort());
      assertEquals(
          expectedSlice.randomAccessSlice(3, 20).readLong(4),
          slice.randomAccessSlice(3, 20).readLong(4));
      slice.seek(200);
      assertThrows(EOFException.class, slice::readByte);
      assertThrows(EOFException.class, () -> slice.seek(201));
      assertThrows(IllegalArgumentException.class, () -> found.slice("long", 200, 101));
      assertEquals(300, found.length());
    }
    assertEquals(List.of("file"), List.of(cached.listAll()));
    cached.sync(List.of("file"));
    assertEquals(300, cached.fileLength("file"));
    cached.deleteFile("file");
    assertEquals(List.of(), List.of(cached.listAll()));
  }

  @Test
  void indexesValuesOfAnyLengthAsOneTerm() {
    try (Fixture fixture = new Fixture(null, Map.of("analyzer", "keyword"))) {
      fixture.put(1, 10, "x".repeat(100_000), "New York");
      fixture.refresh(10);
      assertEquals(List.of(1L), fixture.find(10, "body:\"New York\""));
      assertEquals(List.of(), fixture.find(10, "body:York"));
    }
  }

  /** Every row is replaced again and again, so each snapshot has the same number of rows. */
  @Test
  void answersCorrectlyWhileItIsChangedAndMerged() throws Exception {
    int rows = 50;
    try (Fixture fixture = new Fixture(folder, Map.of())) {
      for (int row = 0; row < rows; row++) {
        fixture.put(row, 10, "wing", null);
      }
      fixture.refresh(10);
      AtomicBoolean done = new AtomicBoolean();
      AtomicLong searches = new AtomicLong();
      Callable<Void> reader =
          () -> {
            while (!done.get() || searches.get() == 0) {
              try (IndexView view = fixture.index.view()) {
                long snapshot = view.position().timestamp();
                for (SearchRequest.Order order : SearchRequest.Order.values()) {
                  SearchRequest request = Fixture.request(order, 7, snapshot, "wing");
                  assertEquals(rows, Fixture.hits(view, request, 20).size(), "at " + snapshot);
                }
                searches.incrementAndGet();
              }
            }
            return null;
          };
      try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
        List<Future<Void>> results = List.of(readers.submit(reader), readers.submit(reader));
        for (long time = 20; time < 1500; time += 10) {
          for (int row = 0; row < rows; row++) {
            fixture.index.end(row, time - 10, time);
            fixture.put(row, time, "wing", "time " + time);
          }
          fixture.refresh(time);
          if (time % 100 == 0) {
            fixture.index.expire(time - 500);
            fixture.checkpoint(new Position(time, time));
          }
        }
        done.set(true);
        for (Future<Void> result : results) {
          result.get();
        }
      }
      assertTrue(searches.get() > 0);
    }
  }
}
