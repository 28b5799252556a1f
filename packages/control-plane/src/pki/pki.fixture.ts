import { X509Certificate } from "node:crypto";
import { type CertificateRequest, issueCertificate, type KeyPair } from "./certificate.ts";
import type { PkiFiles } from "./pki.ts";

export const dayMs = 24 * 60 * 60 * 1000;
const leafDays = 365;

/**
 * The set with leaf certificates that say the same and end at another time.
 * @param further authorities whose keys are not in the set; certificates of others stay
 */
export async function endingAt(files: PkiFiles, end: Date, further: readonly KeyPair[] = []): Promise<PkiFiles> {
  const pairs = Object.entries(files).flatMap(([file, cert]) => {
    const name = file.replace(/\.crt$/, "");
    const key = files[`${name}.key`];
    return file.endsWith(".crt") && key ? [{ name, cert, key, x509: new X509Certificate(cert) }] : [];
  });
  const authorities = [...further, ...pairs.filter(({ x509 }) => x509.ca)];
  const result = { ...files };
  for (const { name, x509 } of pairs.filter((pair) => !pair.x509.ca)) {
    const issuer = authorities.find(({ cert }) => x509.verify(new X509Certificate(cert).publicKey));
    if (!issuer) continue;
    const issued = await issueCertificate(issuer, requestOf(x509), new Date(end.getTime() - leafDays * dayMs));
    result[`${name}.crt`] = issued.cert;
    result[`${name}.key`] = issued.key;
  }
  return result;
}

function requestOf({ subject, subjectAltName = "" }: X509Certificate): CertificateRequest {
  const values = (text: string, separator: string, prefix: string) =>
    text.split(separator).flatMap((part) => (part.startsWith(prefix) ? [part.slice(prefix.length)] : []));
  return {
    commonName: values(subject, "\n", "CN=")[0] ?? "",
    organizations: values(subject, "\n", "O="),
    usages: ["server", "client"],
    dnsNames: values(subjectAltName, ", ", "DNS:"),
    ips: values(subjectAltName, ", ", "IP Address:"),
  };
}
