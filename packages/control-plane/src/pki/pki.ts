import {
  type CertificateRequest,
  createAuthority,
  createSigningKeys,
  isCurrent,
  issueCertificate,
  type KeyPair,
} from "./certificate.ts";

/** What a directory of certificates should hold; each name becomes `<name>.crt` and `<name>.key`. */
export interface PkiPlan {
  /** `existing`: an authority that somebody else keeps; only its certificate is stored. */
  authorities: Record<string, { commonName: string } | { existing: KeyPair }>;
  certificates: Record<string, CertificateRequest & { issuer: string }>;
  /** Key pairs without a certificate, stored as `<name>.pub` and `<name>.key`. */
  signingKeys: readonly string[];
}

/** File name -> PEM. */
export type PkiFiles = Readonly<Record<string, string>>;

/**
 * Completes a set of files to what the plan asks for. What is there and still right is kept: authorities and signing
 * keys always, since every kubeconfig and every token handed out depends on them; leaf certificates unless they are
 * about to expire or should say something else. Files that the plan does not name are dropped.
 */
export async function completePki(plan: PkiPlan, files: PkiFiles, now: Date): Promise<PkiFiles> {
  const result: Record<string, string> = {};
  const authorities = new Map<string, KeyPair>();
  for (const [name, wanted] of Object.entries(plan.authorities)) {
    const own = "commonName" in wanted;
    const authority = own
      ? (pairOf(files, name, "crt") ?? (await createAuthority(wanted.commonName, now)))
      : wanted.existing;
    authorities.set(name, authority);
    result[`${name}.crt`] = authority.cert;
    if (own) result[`${name}.key`] = authority.key;
  }
  for (const [name, { issuer: issuerName, ...request }] of Object.entries(plan.certificates)) {
    const issuer = authorities.get(issuerName);
    if (issuer === undefined) throw new Error(`certificate ${name}: the plan has no authority ${issuerName}`);
    const old = pairOf(files, name, "crt");
    const keep = old !== undefined && isCurrent(old, { issuer, request, now });
    const pair = keep ? old : await issueCertificate(issuer, request, now);
    result[`${name}.crt`] = pair.cert;
    result[`${name}.key`] = pair.key;
  }
  for (const name of plan.signingKeys) {
    const pair = pairOf(files, name, "pub") ?? (await createSigningKeys());
    result[`${name}.pub`] = pair.cert;
    result[`${name}.key`] = pair.key;
  }
  return result;
}

/** The pair `<name>.<extension>`, `<name>.key`, or undefined unless both are there. */
function pairOf(files: PkiFiles, name: string, extension: "crt" | "pub"): KeyPair | undefined {
  const cert = files[`${name}.${extension}`];
  const key = files[`${name}.key`];
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

/** Reads a pair that a completed set must hold. */
export function requirePair(files: PkiFiles, name: string): KeyPair {
  const pair = pairOf(files, name, "crt");
  if (pair === undefined) throw new Error(`the certificate set has no pair ${name}`);
  return pair;
}

/** Reads a file that a completed set must hold, `ca.crt` for example. */
export function requirePem(files: PkiFiles, file: string): string {
  const text = files[file];
  if (text === undefined) throw new Error(`the certificate set has no ${file}`);
  return text;
}
