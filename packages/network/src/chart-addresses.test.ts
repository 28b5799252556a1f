import { describe, expect, test } from "vitest";
import { addressEntry, closedAddress, closedHost, isAllowedAddressEntry } from "./chart-addresses.ts";

describe("an address that no chart comes from", () => {
  test.each([
    "0.0.0.0",
    "0.1.2.3",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::169.254.169.254",
    "2002:7f00:1::",
    "::127.0.0.1",
    "not an address",
  ])("%s", (address) => expect(closedAddress(address)).toBeTypeOf("string"));
});

test.each([
  "10.0.0.7",
  "192.168.1.1",
  "172.16.0.1",
  "100.64.0.1",
  "8.8.8.8",
  "fd00::7",
  "2606:4700::1111",
  "64:ff9b::8.8.8.8",
])("%s may hold a registry", (address) => expect(closedAddress(address)).toBeUndefined());

test.each([
  ["localhost", "loopback"],
  ["LOCALHOST.", "loopback"],
  ["a.localhost", "loopback"],
  ["[::1]", "loopback"],
  ["127.0.0.1", "loopback"],
  ["2130706433", "no address"],
  ["0x7f.1", "no address"],
  ["127.1", "no address"],
  ["registry.example.com", undefined],
  ["0xide.example.com", undefined],
  ["10.0.0.1", undefined],
])("host %s: %s", (host, what) => expect(closedHost(host)).toBe(what));

test.each([
  ["registry.internal:443", true],
  ["10.0.0.7:5000", true],
  ["[fd00::7]:443", true],
  ["registry.internal", false],
  ["10.0.0.0/8:443", false],
  ["https://registry.internal:443", false],
  ["registry.internal:0", false],
  ["registry.internal:70000", false],
  ["*:443", false],
])("entry %s is %s", (entry, accepted) => expect(isAllowedAddressEntry(entry)).toBe(accepted));

test("entries have one form", () => {
  expect([addressEntry("Registry.Internal", 443), addressEntry("[FD00::7]", 5000), addressEntry("fd00::7", 1)]).toEqual(
    ["registry.internal:443", "[fd00::7]:5000", "[fd00::7]:1"],
  );
});
