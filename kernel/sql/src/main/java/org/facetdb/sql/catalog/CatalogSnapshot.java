package org.facetdb.sql.catalog;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The catalog as one transaction sees it, or as it was at a timestamp. Immutable, so it is shared
 * by threads and by everything planned on it.
 */
public final class CatalogSnapshot {
  /** The one schema that holds stored tables. */
  public static final String PUBLIC = "public";

  private final long version;
  private final SortedMap<Integer, TableDefinition> byId;
  private final Map<String, TableDefinition> byName = new HashMap<>();
  private final Map<String, IndexDefinition> indexes = new HashMap<>();
  private final Map<Integer, List<Reference>> references = new HashMap<>();
  private final Map<String, SystemView> views = new LinkedHashMap<>();
  private final Map<String, MethodIndex> methodIndexes = new HashMap<>();
  private final SortedMap<String, ExtensionDefinition> extensions = new TreeMap<>();

  /**
   * @param version rises with every committed change; equal versions mean equal catalogs
   */
  public CatalogSnapshot(
      long version, Collection<TableDefinition> tables, Collection<SystemView> systemViews) {
    this(version, tables, systemViews, List.of());
  }

  /** A catalog with extensions. */
  public CatalogSnapshot(
      long version,
      Collection<TableDefinition> tables,
      Collection<SystemView> systemViews,
      Collection<ExtensionDefinition> extensions) {
    this.version = version;
    SortedMap<Integer, TableDefinition> ids = new TreeMap<>();
    for (TableDefinition table : tables) {
      ids.put(table.id(), table);
      byName.put(table.name(), table);
      for (IndexDefinition index : table.indexes()) {
        indexes.put(index.name(), index);
      }
      for (MethodIndex index : table.methodIndexes()) {
        methodIndexes.put(index.name(), index);
      }
      for (ForeignKey key : table.foreignKeys()) {
        references
            .computeIfAbsent(key.parentTableId(), id -> new ArrayList<>())
            .add(new Reference(table, key));
      }
    }
    this.byId = Collections.unmodifiableSortedMap(ids);
    for (SystemView view : systemViews) {
      views.put(view.schema() + "." + view.name(), view);
    }
    for (ExtensionDefinition extension : extensions) {
      this.extensions.put(extension.name(), extension);
    }
  }

  /** All extensions on record by name, dropped ones among them. */
  public SortedMap<String, ExtensionDefinition> extensions() {
    return Collections.unmodifiableSortedMap(extensions);
  }

  /** An extension that is installed. */
  public @Nullable ExtensionDefinition extension(String name) {
    ExtensionDefinition known = extensions.get(name);
    return known != null && known.installed() ? known : null;
  }

  /** An index that a plug-in's method keeps. */
  public @Nullable MethodIndex methodIndex(String schema, String name) {
    return schema.equals(PUBLIC) ? methodIndexes.get(name) : null;
  }

  /** Rises with every committed change; a transaction's own uncommitted changes give it a mark. */
  public long version() {
    return version;
  }

  /** All stored tables by id. */
  public SortedMap<Integer, TableDefinition> tables() {
    return byId;
  }

  /** All system views. */
  public Collection<SystemView> systemViews() {
    return views.values();
  }

  public @Nullable TableDefinition table(int id) {
    return byId.get(id);
  }

  public @Nullable TableDefinition table(String schema, String name) {
    return schema.equals(PUBLIC) ? byName.get(name) : null;
  }

  public @Nullable IndexDefinition index(String schema, String name) {
    return schema.equals(PUBLIC) ? indexes.get(name) : null;
  }

  /** A stored table or system view by its exact name. */
  public @Nullable Relation relation(String schema, String name) {
    TableDefinition table = table(schema, name);
    return table != null ? table : views.get(schema + "." + name);
  }

  /** A foreign key with the table that declares it. */
  public record Reference(TableDefinition child, ForeignKey key) {}

  /** The foreign keys that refer to a table, its own among them. */
  public List<Reference> referencing(int parentTableId) {
    return references.getOrDefault(parentTableId, List.of());
  }

  /** True if a table or index of the schema `public` has the name; they share one name space. */
  public boolean isNameTaken(String name) {
    if (byName.containsKey(name) || indexes.containsKey(name) || methodIndexes.containsKey(name)) {
      return true;
    }
    for (TableDefinition table : byId.values()) {
      if (table.primaryKey() != null && table.primaryKey().name().equals(name)) {
        return true;
      }
    }
    return false;
  }
}
