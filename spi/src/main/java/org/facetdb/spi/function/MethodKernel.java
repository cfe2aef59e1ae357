package org.facetdb.spi.function;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.facetdb.spi.type.Vector;

/**
 * Generates the kernel that calls a static method for each row. The vectors' arrays are taken once,
 * before the loop. Used by one thread; what it defines keeps no state.
 */
final class MethodKernel {
  private static final ClassDesc VECTOR = desc(Vector.class);
  private static final ClassDesc BYTES = ConstantDescs.CD_byte.arrayType();
  private static final ClassDesc INTS = CD_int.arrayType();
  private static final ClassDesc CHARSET = desc(Charset.class);

  // evaluate(this, arguments, rows, count, result, context)
  private static final int ARGUMENTS = 1;
  private static final int ROWS = 2;
  private static final int COUNT = 3;
  private static final int RESULT = 4;

  private final Method method;
  private final boolean strict;
  private final CodeBuilder code;
  private final Class<?>[] parameters;
  private final SimpleType[] types;
  // By parameter: the vector, then its arrays: values; data, offsets and lengths.
  private final int[] vectors;
  private final int[][] arrays;

  private MethodKernel(Method method, boolean strict, CodeBuilder code) {
    this.method = method;
    this.strict = strict;
    this.code = code;
    parameters = method.getParameterTypes();
    types = new SimpleType[parameters.length];
    for (int i = 0; i < parameters.length; i++) {
      types[i] = Objects.requireNonNull(SimpleType.of(parameters[i]));
    }
    vectors = new int[parameters.length];
    arrays = new int[parameters.length][];
  }

  /**
   * Defines the kernel's class through a lookup with full privilege access and makes the kernel.
   */
  static ScalarKernel define(MethodHandles.Lookup lookup, Method method, boolean strict) {
    ClassDesc name =
        ClassDesc.of(lookup.lookupClass().getName() + "$$" + method.getName() + "Kernel");
    byte[] bytes =
        ClassFile.of()
            .build(
                name,
                type ->
                    type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC)
                        .withInterfaceSymbols(desc(ScalarKernel.class))
                        .withMethodBody(
                            ConstantDescs.INIT_NAME,
                            ConstantDescs.MTD_void,
                            0,
                            code ->
                                code.aload(0)
                                    .invokespecial(
                                        CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
                                    .return_())
                        .withMethodBody(
                            "evaluate",
                            MethodTypeDesc.of(
                                CD_void,
                                VECTOR.arrayType(),
                                INTS,
                                CD_int,
                                VECTOR,
                                desc(FunctionContext.class)),
                            ClassFile.ACC_PUBLIC,
                            code -> new MethodKernel(method, strict, code).evaluate()));
    try {
      MethodHandles.Lookup hidden =
          lookup.defineHiddenClass(bytes, true, MethodHandles.Lookup.ClassOption.NESTMATE);
      return (ScalarKernel)
          hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class)).invoke();
    } catch (Throwable e) {
      throw new IllegalArgumentException(
          "a SQL function's method can't be called: method=" + method, e);
    }
  }

  private void evaluate() {
    for (int i = 0; i < types.length; i++) {
      code.aload(ARGUMENTS).loadConstant(i).aaload();
      castTo(types[i]);
      vectors[i] = store(TypeKind.REFERENCE);
      arrays[i] = takeArrays(vectors[i], types[i]);
    }
    SimpleType type = Objects.requireNonNull(SimpleType.of(method.getReturnType()));
    code.aload(RESULT);
    castTo(type);
    int result = store(TypeKind.REFERENCE);
    int values = type.primitive() ? takeArrays(result, type)[0] : -1;
    code.loadConstant(0);
    int k = store(TypeKind.INT);
    Label loop = code.newBoundLabel();
    Label end = code.newLabel();
    code.iload(k).iload(COUNT).if_icmpge(end);
    code.aload(ROWS).iload(k).iaload();
    int row = store(TypeKind.INT);
    Label nullRow = code.newLabel();
    Label next = code.newLabel();
    if (!strict) {
      skipNulls(row, nullRow);
    }
    for (int i = 0; i < types.length; i++) {
      pushArgument(i, row);
    }
    code.invokestatic(
        desc(method.getDeclaringClass()),
        method.getName(),
        MethodTypeDesc.of(
            desc(method.getReturnType()),
            Arrays.stream(parameters).map(MethodKernel::desc).toArray(ClassDesc[]::new)),
        method.getDeclaringClass().isInterface());
    setResult(type, result, values, row, nullRow);
    code.goto_(next);
    code.labelBinding(nullRow).aload(result).iload(row);
    code.invokevirtual(VECTOR, "setNull", MethodTypeDesc.of(CD_void, CD_int));
    code.labelBinding(next).iinc(k, 1).goto_(loop).labelBinding(end).return_();
  }

  /** The parameters that are not of a boxed form never see a null. */
  private void skipNulls(int row, Label nullRow) {
    for (int i = 0; i < types.length; i++) {
      if (parameters[i] == types[i].plain) {
        pushIsNull(i, row);
        code.ifne(nullRow);
      }
    }
  }

  private void pushIsNull(int parameter, int row) {
    code.aload(vectors[parameter]).iload(row);
    code.invokevirtual(VECTOR, "isNull", MethodTypeDesc.of(CD_boolean, CD_int));
  }

  private void pushArgument(int parameter, int row) {
    SimpleType type = types[parameter];
    switch (type) {
      case STRING -> {
        code.new_(CD_String).dup();
        pushSlice(arrays[parameter], row);
        code.getstatic(desc(StandardCharsets.class), "UTF_8", CHARSET);
        code.invokespecial(
            CD_String,
            ConstantDescs.INIT_NAME,
            MethodTypeDesc.of(CD_void, BYTES, CD_int, CD_int, CHARSET));
      }
      case BYTES -> {
        pushSlice(arrays[parameter], row);
        code.aload(arrays[parameter][1]).iload(row).iaload().iadd();
        code.invokestatic(
            desc(Arrays.class), "copyOfRange", MethodTypeDesc.of(BYTES, BYTES, CD_int, CD_int));
      }
      case DECIMAL -> {
        code.aload(vectors[parameter]).iload(row);
        code.invokevirtual(desc(type.vector), "get", MethodTypeDesc.of(desc(type.plain), CD_int));
      }
      case BOOLEAN, INT, LONG, FLOAT, DOUBLE -> pushPrimitive(parameter, row);
    }
  }

  private void pushPrimitive(int parameter, int row) {
    SimpleType type = types[parameter];
    if (parameters[parameter] == type.plain) {
      code.aload(arrays[parameter][0]).iload(row).arrayLoad(type.kind());
      return;
    }
    ClassDesc boxed = desc(parameters[parameter]);
    Label present = code.newLabel();
    Label end = code.newLabel();
    pushIsNull(parameter, row);
    code.ifeq(present).aconst_null().checkcast(boxed).goto_(end).labelBinding(present);
    code.aload(arrays[parameter][0]).iload(row).arrayLoad(type.kind());
    code.invokestatic(boxed, "valueOf", MethodTypeDesc.of(boxed, desc(type.plain)));
    code.labelBinding(end);
  }

  /** data, offsets[row], lengths[row] */
  private void pushSlice(int[] slice, int row) {
    code.aload(slice[0]);
    code.aload(slice[1]).iload(row).iaload();
    code.aload(slice[2]).iload(row).iaload();
  }

  /** Takes the method's result from the stack. */
  private void setResult(SimpleType type, int result, int values, int row, Label nullRow) {
    Class<?> returned = method.getReturnType();
    int value = store(TypeKind.from(returned));
    if (!returned.isPrimitive()) {
      code.aload(value).ifnull(nullRow);
    }
    if (type.primitive()) {
      code.aload(values).iload(row).loadLocal(TypeKind.from(returned), value);
      if (!returned.isPrimitive()) {
        code.invokevirtual(
            desc(returned), type.plain.getName() + "Value", MethodTypeDesc.of(desc(type.plain)));
      }
      code.arrayStore(type.kind());
      return;
    }
    code.aload(result).iload(row).aload(value);
    code.invokevirtual(
        desc(type.vector),
        type == SimpleType.STRING ? "setString" : "set",
        MethodTypeDesc.of(CD_void, CD_int, desc(type.plain)));
  }

  private int[] takeArrays(int vector, SimpleType type) {
    ClassDesc owner = desc(type.vector);
    return switch (type) {
      case STRING, BYTES ->
          new int[] {
            takeArray(vector, owner, "data", BYTES),
            takeArray(vector, owner, "offsets", INTS),
            takeArray(vector, owner, "lengths", INTS)
          };
      case DECIMAL -> new int[0];
      case BOOLEAN, INT, LONG, FLOAT, DOUBLE ->
          new int[] {takeArray(vector, owner, "values", desc(type.plain).arrayType())};
    };
  }

  private int takeArray(int vector, ClassDesc owner, String getter, ClassDesc array) {
    code.aload(vector).invokevirtual(owner, getter, MethodTypeDesc.of(array));
    return store(TypeKind.REFERENCE);
  }

  private void castTo(SimpleType type) {
    code.checkcast(desc(type.vector));
  }

  private int store(TypeKind kind) {
    int slot = code.allocateLocal(kind);
    code.storeLocal(kind, slot);
    return slot;
  }

  private static ClassDesc desc(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }
}
