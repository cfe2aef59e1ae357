package org.facetdb.storage.tree.zstd;

/** The bytes are no frame that this package decodes; what is thrown never leaves it. */
final class MalformedFrameException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedFrameException() {
    super("malformed zstd frame", null, false, false);
  }
}
