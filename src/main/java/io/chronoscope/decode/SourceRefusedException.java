package io.chronoscope.decode;

import java.io.IOException;

/// A live source refuses the credentials, or wants some. Trying again soon may lock the account.
public final class SourceRefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  public SourceRefusedException(String message) {
    super(message);
  }
}
