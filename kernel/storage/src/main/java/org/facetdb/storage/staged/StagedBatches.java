package org.facetdb.storage.staged;

import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.facetdb.storage.StorageException;
import org.facetdb.storage.fs.FileSystem;
import org.facetdb.storage.fs.StorageFile;
import org.facetdb.storage.log.WriteBatch;

/**
 * The writes of one transaction on their way into the log, as batches in a file, because together
 * they may be more than there is memory for.
 *
 * <p>Used by one thread at a time. Owns the file until it is closed.
 */
public final class StagedBatches implements AutoCloseable {
  private record Place(long position, int length, int rows, int checksum) {}

  private final FileSystem files;
  private final String name;
  private final StorageFile file;
  private final List<Place> places = new ArrayList<>();
  private long position;
  private int largest;

  StagedBatches(SpillSpace space) {
    this.files = space.files();
    this.name = space.nextName();
    this.file = files.open(name, FileSystem.Mode.CREATE);
  }

  void add(WriteBatch batch) {
    int length = batch.byteLength();
    file.write(position, batch.array(), batch.offset(), length);
    int checksum = checksum(batch.array(), batch.offset(), length);
    places.add(new Place(position, length, batch.count(), checksum));
    position += length;
    largest = Math.max(largest, length);
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /** How many batches there are. */
  public int size() {
    return places.size();
  }

  /** How many rows a batch has. */
  public int rows(int index) {
    return places.get(index).rows();
  }

  /** Bytes of all batches. */
  public long bytes() {
    return position;
  }

  /** Bytes of the largest batch. */
  public int largest() {
    return largest;
  }

  /**
   * A batch, over bytes of its own.
   *
   * @throws StorageException category {@code CORRUPTION} if the file does not hold what was written
   */
  public WriteBatch get(int index) {
    Place place = places.get(index);
    byte[] bytes = new byte[place.length()];
    file.readFully(place.position(), bytes, 0, bytes.length);
    int found = checksum(bytes, 0, bytes.length);
    if (found != place.checksum()) {
      throw StorageException.corruption(
          files.describe(name),
          place.position(),
          "checksum " + Integer.toHexString(place.checksum()),
          "checksum " + Integer.toHexString(found));
    }
    return WriteBatch.wrap(bytes, 0, bytes.length, place.rows());
  }

  @Override
  public void close() {
    SpillSpace.discard(files, name, file);
  }
}
