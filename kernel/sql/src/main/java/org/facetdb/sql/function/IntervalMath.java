package org.facetdb.sql.function;

import java.time.LocalDate;
import org.facetdb.spi.type.Interval;
import org.facetdb.spi.type.IntervalVector;
import org.facetdb.spi.type.Vector;
import org.facetdb.sql.type.DateTimeText;
import org.facetdb.sql.type.TypeErrors;

/** Arithmetic with intervals as PostgreSQL does it (timestamp.c). Stateless. */
final class IntervalMath {
  static final long MICROS_PER_DAY = Interval.MICROS_PER_DAY;
  private static final int DAYS_PER_MONTH = 30;

  private IntervalMath() {}

  /** Adds months (to the last day of a shorter month), then days, then microseconds. */
  static long add(long timestamp, int months, int days, long micros) {
    long day = Math.floorDiv(timestamp, MICROS_PER_DAY);
    long time = Math.floorMod(timestamp, MICROS_PER_DAY);
    try {
      if (months != 0) {
        day = LocalDate.ofEpochDay(day).plusMonths(months).toEpochDay();
      }
      long start = DateTimeText.checkedTimestamp(Math.addExact(day, days), time);
      long end = Math.addExact(start, micros);
      return DateTimeText.checkedTimestamp(
          Math.floorDiv(end, MICROS_PER_DAY), Math.floorMod(end, MICROS_PER_DAY));
    } catch (ArithmeticException | java.time.DateTimeException e) {
      throw TypeErrors.dateRange("timestamp");
    }
  }

  static void set(Vector result, int row, long months, long days, long micros) {
    if (months != (int) months || days != (int) days) {
      throw TypeErrors.intervalRange();
    }
    ((IntervalVector) result).set(row, (int) months, (int) days, micros);
  }

  static void sum(IntervalVector a, IntervalVector b, int sign, int i, Vector result) {
    try {
      set(
          result,
          i,
          a.months()[i] + sign * (long) b.months()[i],
          a.days()[i] + sign * (long) b.days()[i],
          sign > 0
              ? Math.addExact(a.micros()[i], b.micros()[i])
              : Math.subtractExact(a.micros()[i], b.micros()[i]));
    } catch (ArithmeticException e) {
      throw TypeErrors.intervalRange();
    }
  }

  /** Multiplies; fractions of a month become days, fractions of a day time. */
  static void multiply(IntervalVector a, double factor, int i, Vector result) {
    double months = a.months()[i] * factor;
    double days = a.days()[i] * factor;
    if (!(Math.abs(months) <= Integer.MAX_VALUE) || !(Math.abs(days) <= Integer.MAX_VALUE)) {
      throw TypeErrors.intervalRange();
    }
    int wholeMonths = (int) months;
    int wholeDays = (int) days;
    double monthDays = roundMicros((months - wholeMonths) * DAYS_PER_MONTH);
    double seconds = roundMicros((days - wholeDays + monthDays - (int) monthDays) * 86_400);
    if (Math.abs(seconds) >= 86_400) {
      wholeDays += (int) (seconds / 86_400);
      seconds -= (int) (seconds / 86_400) * 86_400.0;
    }
    wholeDays += (int) monthDays;
    double micros = Math.rint(a.micros()[i] * factor + seconds * 1e6);
    if (!(Math.abs(micros) < 0x1p63)) {
      throw TypeErrors.intervalRange();
    }
    set(result, i, wholeMonths, wholeDays, (long) micros);
  }

  private static double roundMicros(double value) {
    return Math.rint(value * 1e6) / 1e6;
  }

  /** The difference of two timestamps in days and time. */
  static void difference(long a, long b, Vector result, int row) {
    long micros = a - b;
    if (((a ^ b) & (a ^ micros)) < 0) {
      throw TypeErrors.intervalRange();
    }
    set(result, row, 0, micros / MICROS_PER_DAY, micros % MICROS_PER_DAY);
  }

  /** The difference in years, months, days and time: {@code age}. */
  static void age(long a, long b, Vector result, int row) {
    boolean negative = a < b;
    long later = negative ? b : a;
    long earlier = negative ? a : b;
    LocalDate end = LocalDate.ofEpochDay(Math.floorDiv(later, MICROS_PER_DAY));
    LocalDate start = LocalDate.ofEpochDay(Math.floorDiv(earlier, MICROS_PER_DAY));
    long micros = Math.floorMod(later, MICROS_PER_DAY) - Math.floorMod(earlier, MICROS_PER_DAY);
    int days = end.getDayOfMonth() - start.getDayOfMonth();
    int months =
        (end.getYear() - start.getYear()) * 12 + end.getMonthValue() - start.getMonthValue();
    if (micros < 0) {
      micros += MICROS_PER_DAY;
      days--;
    }
    if (days < 0) {
      days += start.lengthOfMonth();
      months--;
    }
    int sign = negative ? -1 : 1;
    set(result, row, (long) sign * months, (long) sign * days, sign * micros);
  }
}
