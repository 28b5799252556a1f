// @peculiar/x509 resolves its algorithms through tsyringe, which needs this polyfill to be there first.
import "reflect-metadata";
import { createPrivateKey, webcrypto, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyPair {
  cert: string;
  key: string;
}

/** What a leaf certificate should say. */
export interface CertificateRequest {
  commonName: string;
  /** Become the user's groups in Kubernetes. */
  organizations?: readonly string[];
  usages: readonly ("client" | "server")[];
  dnsNames?: readonly string[];
  /** Canonical IPv4 or IPv6 addresses. */
  ips?: readonly string[];
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 24 * 60 * 60 * 1000;
const authorityDays = 10 * 365;
const leafDays = 365;
const renewBeforeDays = 90;
const clockSkewMs = 5 * 60 * 1000;

/** Creates a self-signed certificate authority that may sign leaf certificates only, valid for ten years. */
export async function createAuthority(commonName: string, now: Date): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [commonName] }],
    ...validity(now, authorityDays),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pem(certificate), key: await exportPrivateKey(keys.privateKey) };
}

/** Issues a leaf certificate with a new key, valid for one year. */
export async function issueCertificate(issuer: KeyPair, request: CertificateRequest, now: Date): Promise<KeyPair> {
  const keys = await generateKeys();
  const authority = new x509.X509Certificate(issuer.cert);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: subject(request),
    issuer: authority.subjectName,
    ...validity(now, leafDays),
    publicKey: keys.publicKey,
    signingKey: await importPrivateKey(issuer.key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(extendedUsages(request)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(await authority.publicKey.export()),
      ...alternativeNames(request),
    ],
  });
  return { cert: pem(certificate), key: await exportPrivateKey(keys.privateKey) };
}

/**
 * Tells whether a leaf certificate may stay: it says what is requested, this authority signed it, the key is its own,
 * and it is not within 90 days of its end.
 */
export function isCurrent(
  pair: KeyPair,
  options: { issuer: KeyPair; request: CertificateRequest; now: Date },
): boolean {
  const { issuer, request, now } = options;
  const certificate = new x509.X509Certificate(pair.cert);
  if (certificate.notAfter.getTime() - now.getTime() < renewBeforeDays * dayMs) return false;
  if (certificate.subject !== new x509.Name(subject(request)).toString()) return false;
  const wanted = [new x509.ExtendedKeyUsageExtension(extendedUsages(request)), ...alternativeNames(request)];
  const sameExtensions = wanted.every((extension) => sameBytes(extension, certificate.getExtension(extension.type)));
  if (!sameExtensions || !!certificate.getExtension(subjectAlternativeName) !== wanted.length > 1) return false;
  const signed = new X509Certificate(pair.cert);
  return (
    signed.verify(new X509Certificate(issuer.cert).publicKey) && signed.checkPrivateKey(createPrivateKey(pair.key))
  );
}

/** Creates the key pair with which service account tokens are signed; `cert` holds the public key. */
export async function createSigningKeys(): Promise<KeyPair> {
  const keys = await generateKeys();
  const spki = await webcrypto.subtle.exportKey("spki", keys.publicKey);
  return {
    cert: `${x509.PemConverter.encode(spki, "PUBLIC KEY")}\n`,
    key: await exportPrivateKey(keys.privateKey),
  };
}

const subjectAlternativeName = "2.5.29.17";

function subject(request: CertificateRequest): x509.JsonName {
  const organizations = (request.organizations ?? []).map((organization) => ({ O: [organization] }));
  return [...organizations, { CN: [request.commonName] }];
}

function extendedUsages(request: CertificateRequest): string[] {
  return request.usages.map((usage) =>
    usage === "client" ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth,
  );
}

function alternativeNames(request: CertificateRequest): x509.Extension[] {
  const names: x509.JsonGeneralName[] = [
    ...(request.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(request.ips ?? []).map((value) => ({ type: "ip" as const, value })),
  ];
  return names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)];
}

function sameBytes(a: x509.Extension, b: x509.Extension | null): boolean {
  return b !== null && Buffer.from(a.value).equals(Buffer.from(b.value));
}

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: new Date(now.getTime() - clockSkewMs),
    notAfter: new Date(now.getTime() + days * dayMs),
  };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

function importPrivateKey(key: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(key), algorithm, false, ["sign"]);
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}
