package org.facetdb.host;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The readers that class loaders opened on jars, to be closed with them. Thread-safe. */
final class ModuleReaders {
  private final Queue<ModuleReader> open = new ConcurrentLinkedQueue<>();

  /** A jar's module under a descriptor, whose readers are remembered here. */
  ModuleReference tracked(ModuleDescriptor descriptor, ModuleReference jarReference) {
    return new ModuleReference(descriptor, jarReference.location().orElse(null)) {
      @Override
      public ModuleReader open() throws IOException {
        ModuleReader reader = jarReference.open();
        open.add(reader);
        return reader;
      }
    };
  }

  void close() throws IOException {
    for (ModuleReader reader = open.poll(); reader != null; reader = open.poll()) {
      reader.close();
    }
  }
}
