package org.facetdb.sql.dml;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.Checking;
import org.facetdb.sql.catalog.ForeignKey;
import org.facetdb.sql.catalog.KeyConstraint;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.MemoryAccount;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * What waits in one transaction for its commit, or for SET CONSTRAINTS, to be checked. Used by one
 * thread.
 *
 * <p>It keeps the keys that rows were given to refer to, those that were removed while rows may
 * refer to them, and those of which there may be two. What else became of the rows since does not
 * matter: all is judged by what is there when it is checked. A check forgets nothing, since a
 * savepoint may bring back what was before it.
 */
public final class DeferredChecks {
  /** What a kept key takes besides its bytes. */
  private static final int KEY_BYTES = 160;

  private final MemoryAccount memory;
  private final LinkedHashSet<Kept> kept = new LinkedHashSet<>();
  private Modes modes = new Modes(null, Map.of());

  /** A constraint by the id of its table, and its name. */
  public record Constraint(int table, String name) {}

  /** Why a key is kept. */
  enum Kind {
    /** A row was given to refer to it. */
    NAMED,
    /** It was removed, and rows may refer to it. */
    REMOVED,
    /** A row was given it that no other may have. */
    UNIQUE
  }

  private record Kept(Constraint constraint, Kind kind, ByteBuffer key) {
    private long bytes() {
      return KEY_BYTES + key.array().length;
    }
  }

  /** What SET CONSTRAINTS said of all constraints, null for nothing, and later of some. */
  private record Modes(@Nullable Boolean all, Map<Constraint, Boolean> named) {}

  /** Where {@link #rollbackTo} goes back to. */
  public static final class Mark {
    private final Modes modes;
    private final int kept;

    private Mark(Modes modes, int kept) {
      this.modes = modes;
      this.kept = kept;
    }
  }

  /**
   * Nothing deferred yet.
   *
   * @param memoryBytes that the keys may take; 53200 beyond
   */
  public DeferredChecks(long memoryBytes) {
    this.memory = new MemoryAccount(memoryBytes);
  }

  /** Marks what is known now. */
  public Mark mark() {
    return new Mark(modes, kept.size());
  }

  /** Forgets what was added, and what SET CONSTRAINTS said, after a mark. */
  public void rollbackTo(Mark mark) {
    modes = mark.modes;
    while (kept.size() > mark.kept) {
      memory.release(kept.removeLast().bytes());
    }
  }

  /** Defers all constraints that can be, or none. */
  public void setAll(boolean deferred) {
    modes = new Modes(deferred, Map.of());
  }

  /** Defers some constraints that can be, or checks them at the end of each statement. */
  public void set(Collection<Constraint> constraints, boolean deferred) {
    Map<Constraint, Boolean> named = new HashMap<>(modes.named());
    constraints.forEach(constraint -> named.put(constraint, deferred));
    modes = new Modes(modes.all(), Map.copyOf(named));
  }

  /** Whether nothing waits to be checked. */
  public boolean isEmpty() {
    return kept.isEmpty();
  }

  boolean defers(Constraint constraint, Checking checking) {
    if (!checking.isDeferrable()) {
      return false;
    }
    Boolean said = modes.named().getOrDefault(constraint, modes.all());
    return said == null ? checking == Checking.INITIALLY_DEFERRED : said;
  }

  /** Keeps keys of a constraint that is deferred. */
  void keep(Constraint constraint, Kind kind, Collection<ByteBuffer> keys) {
    for (ByteBuffer key : keys) {
      Kept next = new Kept(constraint, kind, key);
      if (kept.add(next)) {
        try {
          memory.reserve(next.bytes());
        } catch (RuntimeException e) {
          kept.removeLast();
          throw e;
        }
      }
    }
  }

  /**
   * Verifies all that waits, before the commit.
   *
   * @throws org.facetdb.spi.DatabaseException 23503 if a reference is broken, 23505 if a key that
   *     is to be unique is not
   */
  public void verifyAll(
      Transaction transaction,
      CatalogSnapshot catalog,
      Concurrency concurrency,
      ExecutionContext context) {
    verify(transaction, catalog, concurrency, context, (_, _) -> true);
  }

  /**
   * Verifies what waits and is not deferred any more.
   *
   * @throws org.facetdb.spi.DatabaseException as {@link #verifyAll}
   */
  public void verifyImmediate(
      Transaction transaction,
      CatalogSnapshot catalog,
      Concurrency concurrency,
      ExecutionContext context) {
    verify(
        transaction,
        catalog,
        concurrency,
        context,
        (constraint, checking) -> !defers(constraint, checking));
  }

  private void verify(
      Transaction transaction,
      CatalogSnapshot catalog,
      Concurrency concurrency,
      ExecutionContext context,
      BiPredicate<Constraint, Checking> which) {
    Map<Constraint, Map<Kind, Set<ByteBuffer>>> all = new LinkedHashMap<>();
    for (Kept one : kept) {
      all.computeIfAbsent(one.constraint(), _ -> new EnumMap<>(Kind.class))
          .computeIfAbsent(one.kind(), _ -> new LinkedHashSet<>())
          .add(one.key());
    }
    ReferenceChecks references = new ReferenceChecks(transaction, concurrency, context);
    UniqueChecks uniques = new UniqueChecks(transaction, concurrency);
    all.forEach(
        (constraint, keys) -> {
          // Null where the transaction dropped it.
          TableDefinition table = catalog.table(constraint.table());
          ForeignKey reference = table == null ? null : table.foreignKey(constraint.name());
          KeyConstraint unique = table == null ? null : table.unique(constraint.name());
          if (table != null && unique != null && which.test(constraint, unique.checking())) {
            uniques.verify(table, unique, keys.getOrDefault(Kind.UNIQUE, Set.of()));
          }
          if (table != null && reference != null && which.test(constraint, reference.checking())) {
            verify(table, reference, keys, catalog, references);
          }
        });
  }

  private static void verify(
      TableDefinition child,
      ForeignKey key,
      Map<Kind, Set<ByteBuffer>> keys,
      CatalogSnapshot catalog,
      ReferenceChecks checks) {
    TableDefinition parent = catalog.table(key.parentTableId());
    if (parent == null) {
      return;
    }
    ReferenceCodec codec = new ReferenceCodec(child, key, parent);
    checks.verifyPresentWhereNamed(codec, keys.getOrDefault(Kind.NAMED, Set.of()));
    Map<ByteBuffer, Referrers.Removed> removed = new LinkedHashMap<>();
    keys.getOrDefault(Kind.REMOVED, Set.of())
        .forEach(gone -> removed.put(gone, ReferenceChecks.removed(codec, gone)));
    checks.verifyNotNamed(codec, removed);
  }
}
