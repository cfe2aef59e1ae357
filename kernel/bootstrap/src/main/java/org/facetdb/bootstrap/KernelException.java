package org.facetdb.bootstrap;

import org.jspecify.annotations.Nullable;

/** The kernel could not be unpacked or its layer not be defined. */
final class KernelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  KernelException(String message, @Nullable Throwable cause) {
    super(cause == null ? message : message + ": " + cause.getMessage(), cause);
  }
}
