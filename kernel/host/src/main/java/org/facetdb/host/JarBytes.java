package org.facetdb.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Enumeration;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Reads a jar to its end, because the machine compares no checksum when it loads a class from one.
 * Stateless.
 */
final class JarBytes {
  private static final int CHUNK_BYTES = 1 << 16;

  private JarBytes() {}

  /**
   * Reads every entry and compares its length and checksum with the jar's directory.
   *
   * @throws ZipException that names the first entry whose bytes aren't those that were packed
   * @throws IOException if the jar can't be read
   */
  static void verify(Path jar) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
        verify(zip, e.nextElement(), chunk);
      }
    }
  }

  /**
   * Does the same for one entry, or nothing if the jar has none of that name.
   *
   * @throws IOException see {@link #verify(Path)}
   */
  static void verify(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry != null) {
      verify(zip, entry);
    }
  }

  /**
   * Does the same for one entry.
   *
   * @throws IOException see {@link #verify(Path)}
   */
  static void verify(ZipFile zip, ZipEntry entry) throws IOException {
    verify(zip, entry, new byte[CHUNK_BYTES]);
  }

  /**
   * Copies an entry into a file that doesn't exist yet, and verifies what it copies.
   *
   * @throws IOException see {@link #verify(Path)}
   */
  static void copy(ZipFile zip, ZipEntry entry, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      read(zip, entry, new byte[CHUNK_BYTES], out);
    }
  }

  private static void verify(ZipFile zip, ZipEntry entry, byte[] chunk) throws IOException {
    read(zip, entry, chunk, OutputStream.nullOutputStream());
  }

  private static void read(ZipFile zip, ZipEntry entry, byte[] chunk, OutputStream sink)
      throws IOException {
    CRC32 crc = new CRC32();
    long bytes = 0;
    try (InputStream in = zip.getInputStream(entry)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        crc.update(chunk, 0, read);
        sink.write(chunk, 0, read);
        bytes += read;
      }
    } catch (IOException e) {
      throw damaged(entry, Refusals.text(e));
    }
    if (bytes != entry.getSize()) {
      throw damaged(entry, "bytes expected=%d found=%d".formatted(entry.getSize(), bytes));
    }
    if (crc.getValue() != entry.getCrc()) {
      throw damaged(
          entry, "crc32 expected=%08x found=%08x".formatted(entry.getCrc(), crc.getValue()));
    }
  }

  private static ZipException damaged(ZipEntry entry, String facts) {
    return new ZipException("entry " + entry.getName() + " is damaged: " + facts);
  }
}
