package io.chronoscope.claimcheck;

import io.chronoscope.claimcheck.ReferenceSettings.Addressing;
import io.chronoscope.claimcheck.ReferenceSettings.ObjectStore;
import io.chronoscope.domain.Rejection.Reason;
import io.chronoscope.domain.UnreadableMediaException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Objects in the allowed buckets of an S3-compatible store. Credentials come from the client's
/// default chain: environment, profile, the machine's role. The client is created on first use.
/// Thread-safe.
final class S3Source implements MediaSource {

  static final String SETTING = "chronoscope.references.buckets";

  private static final Duration MAX_CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /// Bucket and key of an object.
  record Address(String bucket, String key) {}

  private final ObjectStore settings;
  private final Duration timeout;
  private @Nullable S3Client client;

  S3Source(ObjectStore settings, Duration timeout) {
    this.settings = settings;
    this.timeout = timeout;
  }

  @Override
  public OpenMedia open(URI uri) throws UnreadableMediaException, IOException {
    Address address = address(uri);
    try {
      ResponseInputStream<GetObjectResponse> bytes =
          client().getObject(request -> request.bucket(address.bucket()).key(address.key()));
      @Nullable Long length = bytes.response().contentLength();
      return new OpenMedia(
          new TranslatingStream(bytes),
          length == null ? OptionalLong.empty() : OptionalLong.of(length),
          bytes::abort);
    } catch (S3Exception e) {
      throw translated(uri, e);
    } catch (SdkException e) {
      throw unreachable(e);
    }
  }

  /// Uploads an object.
  ///
  /// @return its URI
  /// @throws UnreadableMediaException REFERENCE_FORBIDDEN or REFERENCE_MISSING (no such bucket)
  /// @throws IOException when the store cannot be reached; a retry may succeed
  URI put(Address address, String contentType, byte[] media)
      throws UnreadableMediaException, IOException {
    URI uri = uri(address);
    address(uri);
    try {
      client()
          .putObject(
              request ->
                  request.bucket(address.bucket()).key(address.key()).contentType(contentType),
              RequestBody.fromBytes(media));
      return uri;
    } catch (S3Exception e) {
      throw translated(uri, e);
    } catch (SdkException e) {
      throw unreachable(e);
    }
  }

  /// Parses and checks a URI.
  ///
  /// @throws UnreadableMediaException REFERENCE_FORBIDDEN when it does not name an object in an
  ///   allowed bucket
  Address address(URI uri) throws UnreadableMediaException {
    String bucket = uri.getRawAuthority();
    String path = uri.getPath();
    if (bucket == null
        || path == null
        || path.length() < 2
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null) {
      throw forbidden(uri, "is not of the form s3://bucket/key");
    }
    if (!settings.buckets().contains(bucket)) {
      throw forbidden(uri, "is in a bucket that is not allowed (" + SETTING + ")");
    }
    String key = path.substring(1);
    // A store, or a proxy in front of it, might resolve these into another bucket.
    if (List.of(key.split("/", -1)).stream().anyMatch(n -> n.equals(".") || n.equals(".."))) {
      throw forbidden(uri, "contains . or .. in its key");
    }
    return new Address(bucket, key);
  }

  static URI uri(Address address) {
    try {
      return new URI("s3", address.bucket(), "/" + address.key(), null, null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a valid bucket and key: " + address, e);
    }
  }

  /// Translates the store's response: missing and forbidden objects are final, anything else may be
  /// transient.
  private static IOException translated(URI uri, S3Exception e) throws UnreadableMediaException {
    AwsErrorDetails details = e.awsErrorDetails();
    String code = details == null ? "" : Objects.toString(details.errorCode(), "");
    String response = "status " + e.statusCode() + (code.isEmpty() ? "" : " " + code);
    switch (e.statusCode()) {
      case 404, 410 ->
          throw new UnreadableMediaException(
              Reason.REFERENCE_MISSING, uri + " does not exist (" + response + ")");
      case 401, 403 ->
          throw forbidden(uri, "is not accessible with these credentials (" + response + ")");
      default -> {
        return new IOException("the object store responded with " + response, e);
      }
    }
  }

  private static IOException unreachable(SdkException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new IOException(e.getMessage() + (cause == e ? "" : " (" + cause + ")"), e);
  }

  private static UnreadableMediaException forbidden(URI uri, String why) {
    return new UnreadableMediaException(Reason.REFERENCE_FORBIDDEN, uri + " " + why);
  }

  private synchronized S3Client client() {
    S3Client open = client;
    if (open == null) {
      open = connect();
      client = open;
    }
    return open;
  }

  private S3Client connect() {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(
                        timeout.compareTo(MAX_CONNECT_TIMEOUT) < 0 ? timeout : MAX_CONNECT_TIMEOUT)
                    .socketTimeout(timeout))
            // ReferenceStore retries.
            .overrideConfiguration(client -> client.retryStrategy(AwsRetryStrategy.doNotRetry()))
            // The reference has its own digest, and not every store supports the newer checksums.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(service -> service.chunkedEncodingEnabled(false))
            .forcePathStyle(settings.addressing() == Addressing.PATH_STYLE);
    settings.endpoint().ifPresent(builder::endpointOverride);
    builder.region(settings.region().map(Region::of).orElseGet(this::defaultRegion));
    return builder.build();
  }

  private Region defaultRegion() {
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException e) {
      if (settings.endpoint().isEmpty()) {
        throw e;
      }
      // Other stores have no regions, but the request signature needs one.
      return Region.US_EAST_1;
    }
  }

  @Override
  public synchronized void close() {
    S3Client open = client;
    if (open != null) {
      open.close();
      client = null;
    }
  }

  /// Translates the client's exceptions while reading a body into [IOException].
  private static final class TranslatingStream extends FilterInputStream {

    TranslatingStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (SdkException e) {
        throw unreachable(e);
      }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        return super.read(into, offset, length);
      } catch (SdkException e) {
        throw unreachable(e);
      }
    }
  }
}
