import { isExecutable } from "@fairlead/testkit/is-executable";

/** Programs of the image that OpenVPN's pods run: name -> path. */
const programs = {
  openvpn: "/usr/sbin/openvpn",
  bash: "/bin/bash",
  iptables: "/usr/sbin/iptables",
  ping: "/usr/bin/ping",
} as const;

/** Debian's packages of them. */
export const openVpnPackages = ["openvpn", "iptables", "iputils-ping"] as const;

/** @throws Error that says how to get them: the test of OpenVPN fails without, it is not left out */
export function openVpnPrograms(): Readonly<Record<string, string>> {
  const missing = Object.values(programs).filter((path) => !isExecutable(path));
  if (missing.length > 0) {
    const how = `Debian, Ubuntu: apt-get install -y ${openVpnPackages.join(" ")}`;
    throw new Error(`The test of OpenVPN needs ${missing.join(", ")}: install what is missing (${how}).`);
  }
  return programs;
}
