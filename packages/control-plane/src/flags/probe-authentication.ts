import { minorNumber } from "@fairlead/network";
import { stringify } from "yaml";

const probePaths = ["/livez", "/readyz", "/healthz"];

/** From here on single paths can be opened to callers without credentials. */
const leastMinor = 1032;
/** From here on `v1` of the configuration is there. */
const firstMinorOfV1 = 1034;

/**
 * The file of `--authentication-config` that lets a kubelet probe kube-apiserver, which it does without credentials, and
 * nobody else do anything. Undefined where the version cannot do that.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-authenticator-configuration
 */
export function probeAuthentication(version: string): string | undefined {
  const minor = minorNumber(version);
  if (minor < leastMinor) return undefined;
  return stringify({
    apiVersion: `apiserver.config.k8s.io/${minor < firstMinorOfV1 ? "v1beta1" : "v1"}`,
    kind: "AuthenticationConfiguration",
    anonymous: { enabled: true, conditions: probePaths.map((path) => ({ path })) },
  });
}
