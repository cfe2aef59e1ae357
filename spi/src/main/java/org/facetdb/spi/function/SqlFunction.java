package org.facetdb.spi.function;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a static method of simple values as a SQL function. The kernel compiles it into a loop over
 * a batch. Parameter and return types are {@code boolean}, {@code int}, {@code long}, {@code
 * float}, {@code double}, {@code String} (text), {@code byte[]} (bytea) or {@code
 * java.math.BigDecimal} (numeric); the boxed forms of the primitives take and return nulls.
 *
 * <p>A function is strict unless a parameter is of a boxed form. In one that isn't, a null in a
 * parameter of another form still makes a null result without a call. Listed by {@link
 * ScalarFunctions#annotated}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface SqlFunction {
  /** The name in SQL, in lower case; the method's in snake case where it is empty. */
  String value() default "";

  Volatility volatility() default Volatility.IMMUTABLE;
}
