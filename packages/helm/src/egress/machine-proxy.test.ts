import { expect, test } from "vitest";
import { proxyFor } from "./machine-proxy.ts";

const env = {
  https_proxy: "http://proxy:3128",
  NO_PROXY: "internal.example.com,.svc, 10.0.0.0/8,other.example.com:8443,192.168.0.1",
};

test.each([
  ["https://charts.example.com", "http://proxy:3128"],
  ["http://charts.example.com", undefined],
  ["https://127.0.0.1:5000", undefined],
  ["https://localhost", undefined],
  ["https://[::1]", undefined],
  ["https://internal.example.com", undefined],
  ["https://a.internal.example.com", undefined],
  ["https://notinternal.example.com", "http://proxy:3128"],
  ["https://registry.default.svc", undefined],
  ["https://10.1.2.3", undefined],
  ["https://11.1.2.3", "http://proxy:3128"],
  ["https://192.168.0.1", undefined],
  ["https://other.example.com:8443", undefined],
  ["https://other.example.com", "http://proxy:3128"],
])("%s: %s", (url, proxy) => expect(proxyFor(new URL(url), env)).toBe(proxy));
