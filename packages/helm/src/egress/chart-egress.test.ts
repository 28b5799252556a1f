import { startWebServer } from "@fairlead/testkit";
import { describe, expect, test } from "vitest";
import { ChartEgress } from "./chart-egress.ts";

const resolving = (...answers: string[][]) => {
  let asked = 0;
  const lookup = async () => (answers[Math.min(asked++, answers.length - 1)] ?? []).map((address) => ({ address }));
  return { egress: (allowed: string[] = []) => new ChartEgress(allowed, lookup), asked: () => asked };
};

describe("a name", () => {
  test("that stands for a closed address is refused, whatever it is called", async () => {
    for (const address of ["127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1".replace("10.0.0.1", "127.0.0.1")]) {
      const { egress } = resolving([address]);
      await expect(egress().resolve("charts.example.com", 443)).rejects.toMatchObject({
        kind: "source-forbidden",
        message: expect.stringMatching(/charts\.example\.com:443.*spec\.chartSources\.allowedAddresses/),
      });
    }
  });

  test("that stands for several: only what is open is connected to", async () => {
    expect(await resolving(["127.0.0.1", "192.0.2.7"]).egress().resolve("charts.example.com", 443)).toBe("192.0.2.7");
  });

  test("that is another address a moment later: the connection goes to the address that was checked", async () => {
    await using server = await startWebServer((_request, response) => response.end("inside"));
    const { port } = new URL(server.url);
    const rebinding = resolving(["127.0.0.1"], ["169.254.169.254"]);
    const socket = await rebinding.egress([`127.0.0.1:${port}`]).connect("charts.example.com", Number(port));
    expect([socket.remoteAddress, rebinding.asked()]).toEqual(["127.0.0.1", 1]);
    socket.destroy();
    const closed = resolving(["169.254.169.254"], ["127.0.0.1"]);
    await expect(
      closed.egress([`127.0.0.1:${port}`]).connect("charts.example.com", Number(port)),
    ).rejects.toMatchObject({ kind: "source-forbidden" });
  });

  test("is refused while no resolver answers", async () => {
    const lookupAll = async () => Promise.reject(new Error("queryA ESERVFAIL"));
    const egress = new ChartEgress([], lookupAll);
    await expect(egress.connect("charts.example.com", 443)).rejects.toMatchObject({ kind: "registry-unreachable" });
  });

  test("nobody knows is no such host", async () => {
    await expect(resolving([]).egress().resolve("nope.example.com", 443)).rejects.toMatchObject({
      kind: "registry-unreachable",
      message: "nope.example.com: no such host",
    });
  });
});

test("an allowed address is allowed with its port, by name or by number, and nothing beside it", async () => {
  const { egress } = resolving(["127.0.0.1"]);
  expect(await egress(["charts.example.com:5000"]).resolve("charts.example.com", 5000)).toBe("127.0.0.1");
  expect(await egress(["127.0.0.1:5000"]).resolve("charts.example.com", 5000)).toBe("127.0.0.1");
  expect(await egress(["[::1]:5000"]).resolve("[::1]", 5000)).toBe("::1");
  for (const [host, port] of [
    ["charts.example.com", 5001],
    ["127.0.0.1", 5001],
    ["localhost", 5000],
    ["other.example.com", 5001],
  ] as const) {
    await expect(egress(["charts.example.com:5000", "127.0.0.1:5000"]).resolve(host, port)).rejects.toThrow(
      "charts are not fetched from",
    );
  }
});
