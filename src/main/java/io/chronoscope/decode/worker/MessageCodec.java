package io.chronoscope.decode.worker;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Messages as bytes: the number of the message's type, then its components in order. A component
/// is a number, a boolean, a text, a constant of an enum, a duration, an array of `long`, or a
/// record, list or optional of such, so that records of other packages can gain components without
/// a change here. A component that is a sealed interface comes as the number of the record among
/// those that it permits, and the record. Both sides run the same build.
///
/// What is read need not be trusted: nothing is allocated for a length that the bytes cannot hold,
/// and records check their components as always.
final class MessageCodec {

  /// The bytes are no message.
  static final class MalformedMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedMessageException(String problem) {
      super(problem);
    }
  }

  private static final List<Class<?>> TYPES = records(Message.class).toList();

  private static final Map<Class<?>, Layout> LAYOUTS = new ConcurrentHashMap<>();

  private MessageCodec() {}

  private static Stream<Class<?>> records(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(MessageCodec::records)
        : Stream.of(type);
  }

  private record Layout(Constructor<?> constructor, RecordComponent[] components) {

    static Layout of(Class<?> type) {
      RecordComponent[] components = type.getRecordComponents();
      Class<?>[] parameters = new Class<?>[components.length];
      for (int i = 0; i < components.length; i++) {
        parameters[i] = components[i].getType();
      }
      try {
        return new Layout(type.getDeclaredConstructor(parameters), components);
      } catch (NoSuchMethodException e) {
        throw new IllegalStateException("every record has this constructor", e);
      }
    }
  }

  static byte[] encode(Message message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      out.writeByte(TYPES.indexOf(message.getClass()));
      writeRecord(out, message);
    } catch (IOException e) {
      throw new IllegalStateException("memory takes all bytes", e);
    }
    return bytes.toByteArray();
  }

  static Message decode(ByteBuffer bytes) throws MalformedMessageException {
    try {
      int type = bytes.get();
      if (type < 0 || type >= TYPES.size()) {
        throw new MalformedMessageException("no message has the number " + type);
      }
      Message message = (Message) readRecord(bytes, TYPES.get(type));
      if (bytes.hasRemaining()) {
        throw new MalformedMessageException(
            bytes.remaining() + " bytes follow a " + message.getClass().getSimpleName());
      }
      return message;
    } catch (BufferUnderflowException e) {
      throw new MalformedMessageException("a message is cut off");
    } catch (IllegalArgumentException | ArithmeticException | NullPointerException e) {
      throw new MalformedMessageException("a message with impossible values: " + e.getMessage());
    }
  }

  private static Layout layout(Class<?> type) {
    return LAYOUTS.computeIfAbsent(type, Layout::of);
  }

  private static void writeRecord(DataOutputStream out, Object value) throws IOException {
    for (RecordComponent component : layout(value.getClass()).components()) {
      Object part;
      try {
        part = component.getAccessor().invoke(value);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(component + " cannot be read", e);
      }
      Class<?> declared = component.getType();
      if (declared.isSealed()) {
        out.writeByte(List.of(declared.getPermittedSubclasses()).indexOf(part.getClass()));
      }
      write(out, part);
    }
  }

  private static void write(DataOutputStream out, Object value) throws IOException {
    switch (value) {
      case Long number -> out.writeLong(number);
      case Integer number -> out.writeInt(number);
      case Double number -> out.writeDouble(number);
      case Boolean flag -> out.writeBoolean(flag);
      case Enum<?> constant -> out.writeShort(constant.ordinal());
      case Duration duration -> {
        out.writeLong(duration.getSeconds());
        out.writeInt(duration.getNano());
      }
      case String text -> {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
      }
      case long[] numbers -> {
        ByteBuffer bytes = ByteBuffer.allocate(8 * numbers.length);
        bytes.asLongBuffer().put(numbers);
        out.writeInt(numbers.length);
        out.write(bytes.array());
      }
      case OptionalDouble optional -> {
        out.writeBoolean(optional.isPresent());
        if (optional.isPresent()) {
          out.writeDouble(optional.getAsDouble());
        }
      }
      case Optional<?> optional -> {
        out.writeBoolean(optional.isPresent());
        if (optional.isPresent()) {
          write(out, optional.get());
        }
      }
      case Collection<?> items -> {
        out.writeInt(items.size());
        for (Object item : items) {
          write(out, item);
        }
      }
      case Record record -> writeRecord(out, record);
      default -> throw new IllegalStateException("no encoding for " + value.getClass());
    }
  }

  private static Object readRecord(ByteBuffer in, Class<?> type) throws MalformedMessageException {
    Layout layout = layout(type);
    Object[] values = new Object[layout.components().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = read(in, layout.components()[i].getGenericType());
    }
    try {
      return layout.constructor().newInstance(values);
    } catch (InvocationTargetException e) {
      throw new MalformedMessageException(
          "impossible values in a %s: %s".formatted(type.getSimpleName(), e.getCause()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " cannot be created", e);
    }
  }

  private static Object read(ByteBuffer in, Type type) throws MalformedMessageException {
    if (type instanceof ParameterizedType parameterized) {
      return readParameterized(in, parameterized);
    }
    Class<?> simple = (Class<?>) type;
    if (simple == long.class) {
      return in.getLong();
    } else if (simple == int.class) {
      return in.getInt();
    } else if (simple == double.class) {
      return in.getDouble();
    } else if (simple == boolean.class) {
      return in.get() != 0;
    } else if (simple == String.class) {
      byte[] bytes = new byte[length(in, 1)];
      in.get(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } else if (simple == long[].class) {
      long[] numbers = new long[length(in, 8)];
      in.asLongBuffer().get(numbers);
      in.position(in.position() + 8 * numbers.length);
      return numbers;
    } else if (simple == Duration.class) {
      return Duration.ofSeconds(in.getLong(), in.getInt());
    } else if (simple.isEnum()) {
      Object[] constants = simple.getEnumConstants();
      int ordinal = in.getShort();
      if (ordinal < 0 || ordinal >= constants.length) {
        throw new MalformedMessageException(simple.getSimpleName() + " has no constant " + ordinal);
      }
      return constants[ordinal];
    } else if (simple == OptionalDouble.class) {
      return in.get() == 0 ? OptionalDouble.empty() : OptionalDouble.of(in.getDouble());
    } else if (simple.isRecord()) {
      return readRecord(in, simple);
    } else if (simple.isSealed()) {
      Class<?>[] permitted = simple.getPermittedSubclasses();
      int number = in.get();
      if (number < 0 || number >= permitted.length) {
        throw new MalformedMessageException(simple.getSimpleName() + " has no kind " + number);
      }
      return readRecord(in, permitted[number]);
    }
    throw new IllegalStateException("no encoding for " + type);
  }

  private static Object readParameterized(ByteBuffer in, ParameterizedType type)
      throws MalformedMessageException {
    Type item = type.getActualTypeArguments()[0];
    if (type.getRawType() == Optional.class) {
      return in.get() == 0 ? Optional.empty() : Optional.of(read(in, item));
    } else if (type.getRawType() == List.class) {
      int size = length(in, 1);
      List<Object> items = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        items.add(read(in, item));
      }
      return items;
    }
    throw new IllegalStateException("no encoding for " + type);
  }

  /// A number of items that the remaining bytes can hold.
  private static int length(ByteBuffer in, int itemBytes) throws MalformedMessageException {
    int length = in.getInt();
    if (length < 0 || length > in.remaining() / itemBytes) {
      throw new MalformedMessageException(
          "%d items of at least %d bytes in %d bytes".formatted(length, itemBytes, in.remaining()));
    }
    return length;
  }

  /// Resolves what is needed to read and write messages, while files can be opened.
  static void prepare() {
    for (Class<?> type : TYPES) {
      try {
        MethodHandles.lookup().ensureInitialized(type);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(type + " is in this package", e);
      }
      layout(type);
    }
  }
}
