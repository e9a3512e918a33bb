package exec.bridge.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS contexts of the JDK from PEM files; the same for both sides of the bridge. */
public final class Tls {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private Tls() {}

  /**
   * Without authorities those of the JDK are trusted.
   *
   * @throws GeneralSecurityException when a file holds something else than it should
   */
  public static SSLContext context(BridgeConfig.TlsFiles files) throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManagerFactory keys = null;
    if (files.certificate().isPresent() && files.key().isPresent()) {
      KeyStore store = emptyStore();
      Collection<? extends Certificate> chain = certificates(Files.readAllBytes(files.certificate().get()));
      store.setKeyEntry("own", privateKey(Files.readString(files.key().get())), new char[0], chain.toArray(Certificate[]::new));
      keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore authorities = null;
    if (files.authorities().isPresent()) {
      authorities = emptyStore();
      int count = 0;
      for (Certificate one : certificates(Files.readAllBytes(files.authorities().get())))
        authorities.setCertificateEntry("ca-" + count++, one);
    }
    trust.init(authorities);
    context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(byte[] pem) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
  }

  private static PrivateKey privateKey(String pem) throws GeneralSecurityException {
    Matcher found = KEY.matcher(pem);
    if (!found.find()) throw new InvalidKeySpecException("no PKCS #8 key (BEGIN PRIVATE KEY) without a pass phrase");
    byte[] der = Base64.getMimeDecoder().decode(found.group(1).getBytes(StandardCharsets.US_ASCII));
    for (String algorithm : new String[] {"EC", "RSA", "Ed25519"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException error) {
        // Another kind of key.
      }
    }
    throw new InvalidKeySpecException("the private key is neither EC, RSA nor Ed25519");
  }
}
