package io.chronoscope.domain;

import java.util.regex.Pattern;

/// Removes from texts what may be secret in the addresses that they contain: user, password, query
/// and fragment. Applied to every message about an address, FFmpeg's own included.
public final class AddressRedaction {

  private static final String MASK = "***";

  // The last @ before a blank ends the credentials: a password that was not encoded may contain
  // one.
  private static final Pattern CREDENTIALS =
      Pattern.compile("\\b([a-zA-Z][a-zA-Z0-9+.-]*://)[^\\s\"'<>]*@");

  private static final Pattern QUERY =
      Pattern.compile("\\b([a-zA-Z][a-zA-Z0-9+.-]*://[^\\s\"'<>?#]*)[?#][^\\s\"'<>]*");

  private AddressRedaction() {}

  public static String of(String text) {
    String anonymous = CREDENTIALS.matcher(text).replaceAll("$1" + MASK + "@");
    return QUERY.matcher(anonymous).replaceAll("$1?" + MASK);
  }
}
