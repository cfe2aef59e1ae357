package org.facetdb.sql.dml;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.facetdb.sql.catalog.CatalogSnapshot;
import org.facetdb.sql.catalog.ForeignKey;
import org.facetdb.sql.catalog.TableDefinition;
import org.facetdb.sql.exec.ExecutionContext;
import org.facetdb.sql.exec.MemoryAccount;
import org.facetdb.storage.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * The references of one transaction whose check waits for its commit, or for SET CONSTRAINTS. Used
 * by one thread.
 *
 * <p>It keeps the keys that rows were given to refer to and those that were removed. What else
 * became of the rows since does not matter: a key breaks a reference only if it is absent when it is
 * checked and a row refers to it then. A check forgets nothing, since a savepoint may bring back
 * what was before it.
 */
public final class DeferredReferences {
  /** What a kept key takes besides its bytes. */
  private static final int KEY_BYTES = 160;

  private final MemoryAccount memory;
  private final LinkedHashSet<Kept> kept = new LinkedHashSet<>();
  private Modes modes = new Modes(null, Map.of());

  /** A foreign key by the id of the table that refers, and its name. */
  public record Constraint(int child, String name) {}

  /** A key that a row was given to refer to, or that was removed. */
  private record Kept(Constraint constraint, boolean removed, ByteBuffer key) {
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
  public DeferredReferences(long memoryBytes) {
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

  boolean defers(ReferenceCodec codec) {
    return defers(constraint(codec), codec.key());
  }

  private boolean defers(Constraint constraint, ForeignKey key) {
    if (!key.isDeferrable()) {
      return false;
    }
    Boolean said = modes.named().getOrDefault(constraint, modes.all());
    return said == null ? key.isInitiallyDeferred() : said;
  }

  private static Constraint constraint(ReferenceCodec codec) {
    return new Constraint(codec.child().id(), codec.key().name());
  }

  /** Keeps keys that rows were given to refer to. */
  void named(ReferenceCodec codec, Collection<ByteBuffer> keys) {
    keep(constraint(codec), false, keys);
  }

  /** Keeps keys that were removed. */
  void removed(ReferenceCodec codec, Collection<ByteBuffer> keys) {
    keep(constraint(codec), true, keys);
  }

  private void keep(Constraint constraint, boolean removed, Collection<ByteBuffer> keys) {
    for (ByteBuffer key : keys) {
      Kept next = new Kept(constraint, removed, key);
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
   * @throws org.facetdb.spi.DatabaseException 23503 if a reference is broken
   */
  public void verifyAll(
      Transaction transaction,
      CatalogSnapshot catalog,
      Concurrency concurrency,
      ExecutionContext context) {
    verify(
        new ReferenceChecks(transaction, concurrency, context), catalog, (_, _) -> true);
  }

  /**
   * Verifies what waits and is not deferred any more.
   *
   * @throws org.facetdb.spi.DatabaseException 23503 if a reference is broken
   */
  public void verifyImmediate(
      Transaction transaction,
      CatalogSnapshot catalog,
      Concurrency concurrency,
      ExecutionContext context) {
    verify(
        new ReferenceChecks(transaction, concurrency, context),
        catalog,
        (constraint, key) -> !defers(constraint, key));
  }

  /** The kept keys of a constraint. */
  private static final class Keys {
    private final Set<ByteBuffer> named = new LinkedHashSet<>();
    private final Set<ByteBuffer> removed = new LinkedHashSet<>();
  }

  private void verify(
      ReferenceChecks checks, CatalogSnapshot catalog, BiPredicate<Constraint, ForeignKey> which) {
    Map<Constraint, Keys> all = new LinkedHashMap<>();
    for (Kept one : kept) {
      Keys keys = all.computeIfAbsent(one.constraint(), _ -> new Keys());
      (one.removed() ? keys.removed : keys.named).add(one.key());
    }
    all.forEach(
        (constraint, keys) -> {
          TableDefinition child = catalog.table(constraint.child());
          ForeignKey key = child == null ? null : key(child, constraint.name());
          // Null where the transaction dropped it.
          if (child != null && key != null && which.test(constraint, key)) {
            verify(child, key, keys, catalog, checks);
          }
        });
  }

  private static @Nullable ForeignKey key(TableDefinition child, String name) {
    return child.foreignKeys().stream()
        .filter(key -> key.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static void verify(
      TableDefinition child,
      ForeignKey key,
      Keys keys,
      CatalogSnapshot catalog,
      ReferenceChecks checks) {
    TableDefinition parent = catalog.table(key.parentTableId());
    if (parent == null) {
      return;
    }
    ReferenceCodec codec = new ReferenceCodec(child, key, parent);
    checks.verifyPresentWhereNamed(codec, keys.named);
    Map<ByteBuffer, Referrers.Removed> removed = new LinkedHashMap<>();
    keys.removed.forEach(gone -> removed.put(gone, ReferenceChecks.removed(codec, gone)));
    checks.verifyNotNamed(codec, removed);
  }
}
