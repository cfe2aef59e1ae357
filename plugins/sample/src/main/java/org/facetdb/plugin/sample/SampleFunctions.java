package org.facetdb.plugin.sample;

import java.lang.invoke.MethodHandles;
import java.text.Normalizer;
import java.util.Locale;
import org.facetdb.spi.function.SqlFunction;

/** Functions of simple values: a marked static method each. They keep no state. */
final class SampleFunctions {
  private static final double EARTH_RADIUS_KM = 6371.0088;

  private SampleFunctions() {}

  static MethodHandles.Lookup lookup() {
    return MethodHandles.lookup();
  }

  /** Letters and digits of ASCII in lower case, other stretches as one {@code -} between them. */
  @SqlFunction
  static String slugify(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
    StringBuilder slug = new StringBuilder(plain.length());
    boolean gap = false;
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        if (gap && !slug.isEmpty()) {
          slug.append('-');
        }
        slug.append(c);
        gap = false;
      } else if (Character.getType(c) != Character.NON_SPACING_MARK) {
        gap = true;
      }
    }
    return slug.toString();
  }

  /**
   * Kilometres along the great circle between two places in degrees, on a sphere of the Earth's
   * mean radius (R. W. Sinnott, Virtues of the Haversine, Sky and Telescope 68, 1984).
   */
  @SqlFunction
  static double haversineKm(
      double latitude1, double longitude1, double latitude2, double longitude2) {
    double phi1 = Math.toRadians(latitude1);
    double phi2 = Math.toRadians(latitude2);
    double sinPhi = Math.sin((phi2 - phi1) / 2);
    double sinLambda = Math.sin(Math.toRadians(longitude2 - longitude1) / 2);
    double h = sinPhi * sinPhi + Math.cos(phi1) * Math.cos(phi2) * sinLambda * sinLambda;
    return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
  }
}
