package io.chronoscope.cli.console;

import io.chronoscope.config.ConfigurationException;
import io.chronoscope.config.EnvironmentException;
import io.chronoscope.search.IndexUnavailableException;
import io.chronoscope.service.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.common.errors.AuthorizationException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExitCodeExceptionMapper;
import picocli.CommandLine.ParseResult;

/// Reports why a command failed on one line, in words that name no class, and maps the failure to
/// the exit code.
public final class FailureMessages implements IExecutionExceptionHandler, IExitCodeExceptionMapper {

  /// `java.io.IOException: `, `o.a.k.c.errors.TimeoutException: `, `IllegalStateException: `.
  private static final Pattern CLASS_NAME =
      Pattern.compile("(?:[a-z][\\w]*\\.)*[A-Z]\\w*(?:Exception|Error)(?:: |\\z)");

  private final Output output;

  public FailureMessages(Output output) {
    this.output = output;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    if (System.getenv("CHRONOSCOPE_TRACE") != null) {
      failure.printStackTrace(output.err());
    }
    output.message(of(failure));
    return getExitCode(failure);
  }

  @Override
  public int getExitCode(Throwable failure) {
    return switch (failure) {
      case ConfigurationException wrong -> ExitCode.USAGE;
      case EnvironmentException missing -> ExitCode.ENVIRONMENT;
      case IndexUnavailableException missing -> ExitCode.ENVIRONMENT;
      default -> denial(failure).isPresent() ? ExitCode.ENVIRONMENT : ExitCode.FAILED;
    };
  }

  /// What went wrong, without names of classes. A failure without words of its own is described by
  /// its cause.
  public static String of(Throwable failure) {
    Optional<AuthorizationException> denial = denial(failure);
    if (denial.isPresent()) {
      return "the Kafka brokers deny access: %s; docs/operating.md lists the rights that each command needs"
          .formatted(denial.get().getMessage());
    }
    return switch (failure) {
      case FileSystemException file -> ofFile(file);
      case CompletionException wrapper when wrapper.getCause() != null -> of(wrapper.getCause());
      case ExecutionException wrapper when wrapper.getCause() != null -> of(wrapper.getCause());
      case UncheckedIOException wrapper when isClassName(String.valueOf(wrapper.getMessage())) ->
          of(Objects.requireNonNull(wrapper.getCause()));
      default -> ofMessage(failure);
    };
  }

  /// What the brokers refused this user, if that is the reason.
  private static Optional<AuthorizationException> denial(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof AuthorizationException denied) {
        return Optional.of(denied);
      }
    }
    return Optional.empty();
  }

  private static String ofMessage(Throwable failure) {
    String message = failure.getMessage();
    String words = message == null ? "" : CLASS_NAME.matcher(message).replaceAll("").strip();
    if (!words.isEmpty()) {
      return words;
    }
    Throwable cause = failure.getCause();
    return cause == null
        ? "an internal error; CHRONOSCOPE_TRACE=1 shows where, please report it"
        : of(cause);
  }

  private static boolean isClassName(String message) {
    return CLASS_NAME.matcher(message).lookingAt();
  }

  /// Most messages of the JDK about files are their path alone.
  private static String ofFile(FileSystemException problem) {
    String file = problem.getFile() == null ? "a file" : problem.getFile();
    return switch (problem) {
      case NoSuchFileException none -> file + " does not exist";
      case AccessDeniedException denied -> "no permission for " + file;
      case NotDirectoryException other -> file + " is not a folder";
      case FileAlreadyExistsException there -> file + " exists already";
      case DirectoryNotEmptyException full -> file + " is not empty";
      default -> problem.getReason() == null ? file : file + ": " + problem.getReason();
    };
  }

  /// Why a file could not be read or written, without its name.
  public static String reason(IOException problem) {
    return switch (problem) {
      case NoSuchFileException none -> "it does not exist";
      case AccessDeniedException denied -> "no permission";
      case NotDirectoryException other -> "it is not a folder";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> of(problem);
    };
  }
}
