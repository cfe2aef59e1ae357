package org.facetdb.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** A jar as an automatic module whose descriptor is known beforehand. */
final class JarModule extends ModuleReference {
  private final Path file;

  JarModule(ModuleDescriptor descriptor, Path file) {
    super(descriptor, file.toUri());
    this.file = file;
  }

  @Override
  public ModuleReader open() throws IOException {
    return new Reader(
        new JarFile(file.toFile(), false, ZipFile.OPEN_READ, JarFile.runtimeVersion()),
        file.toUri());
  }

  /** Reads entries, those of the running Java's version first. Safe for any number of threads. */
  private record Reader(JarFile jar, URI location) implements ModuleReader {
    @Override
    public Optional<URI> find(String name) {
      JarEntry entry = jar.getJarEntry(name);
      return entry == null
          ? Optional.empty()
          : Optional.of(URI.create("jar:" + location + "!/" + entry.getRealName()));
    }

    @Override
    public Optional<InputStream> open(String name) throws IOException {
      JarEntry entry = jar.getJarEntry(name);
      return entry == null ? Optional.empty() : Optional.of(jar.getInputStream(entry));
    }

    @Override
    public Stream<String> list() {
      try {
        return jar.versionedStream().map(JarEntry::getName);
      } catch (IllegalStateException closed) {
        throw new UncheckedIOException(new IOException("the reader is closed", closed));
      }
    }

    @Override
    public void close() throws IOException {
      jar.close();
    }
  }
}
