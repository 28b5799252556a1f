import { expect, it } from "vitest";
import { imagesOf } from "./images.ts";

it("finds images in containers, arguments, environment and configuration, and nothing else", () => {
  const pod = {
    containers: [
      {
        image: "registry.example.com/a:1",
        args: ["--proxy-image=quay.io/x/y:v1", "--url=https://example.com/quay.io"],
        env: [{ name: "IMAGE", value: "docker.io/z:2" }],
      },
    ],
    initContainers: [{ image: "busybox" }],
  };
  const data = { "config.yaml": 'sidecar: "ghcr.io/a/b@sha256:00"' };
  expect(imagesOf([pod, { data }])).toEqual([
    "registry.example.com/a:1",
    "quay.io/x/y:v1",
    "docker.io/z:2",
    "busybox",
    "ghcr.io/a/b@sha256:00",
  ]);
});
