package org.facetdb.storage;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a key space is kept.
 *
 * @param retention how long superseded versions stay readable; {@code null} for ever
 */
public record KeySpaceOptions(@Nullable Duration retention) {
  public KeySpaceOptions {
    if (retention != null && retention.isNegative()) {
      throw new IllegalArgumentException("retention must not be negative: retention=" + retention);
    }
  }

  public static KeySpaceOptions keepFor(Duration retention) {
    return new KeySpaceOptions(retention);
  }

  public static KeySpaceOptions keepForEver() {
    return new KeySpaceOptions(null);
  }
}
