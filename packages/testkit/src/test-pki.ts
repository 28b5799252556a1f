import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const lifetimeMs = 24 * 3600 * 1000;

/** Certificate and PKCS #8 key, both PEM. */
export interface TestKeyPair {
  cert: string;
  key: string;
}

/** A certificate authority that lives as long as a test run. */
export class TestAuthority {
  readonly #certificate: X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(certificate: X509Certificate, keys: webcrypto.CryptoKeyPair) {
    this.#certificate = certificate;
    this.#keys = keys;
  }

  static async create(): Promise<TestAuthority> {
    const keys = await generateKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: "CN=fairlead-test-ca",
      serialNumber: "01",
      ...validity(),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new TestAuthority(certificate, keys);
  }

  /** PEM. */
  get cert(): string {
    return this.#certificate.toString("pem");
  }

  serverCertificate(): Promise<TestKeyPair> {
    const names = new SubjectAlternativeNameExtension([
      { type: "ip", value: "127.0.0.1" },
      { type: "dns", value: "localhost" },
    ]);
    return this.#issue("CN=kube-apiserver", ExtendedKeyUsage.serverAuth, [names]);
  }

  /** Authenticates as `user` of `groups` (Kubernetes reads CN and O). */
  clientCertificate(user: string, groups: string[] = []): Promise<TestKeyPair> {
    const subject = [`CN=${user}`, ...groups.map((group) => `O=${group}`)].join(", ");
    return this.#issue(subject, ExtendedKeyUsage.clientAuth, []);
  }

  async #issue(
    subject: string,
    usage: ExtendedKeyUsage,
    names: SubjectAlternativeNameExtension[],
  ): Promise<TestKeyPair> {
    const keys = await generateKeys();
    const certificate = await X509CertificateGenerator.create({
      subject,
      issuer: this.#certificate.subject,
      ...validity(),
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [new ExtendedKeyUsageExtension([usage]), ...names],
    });
    const key = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
    return { cert: certificate.toString("pem"), key: PemConverter.encode(key, "PRIVATE KEY") };
  }
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - 60_000), notAfter: new Date(now + lifetimeMs) };
}
