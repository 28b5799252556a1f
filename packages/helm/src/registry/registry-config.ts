export interface RegistryListen {
  /** On 127.0.0.1. */
  port: number;
  dataDirectory: string;
  tls?: { certificateFile: string; keyFile: string };
  /** Path of a file as `htpasswd -B` writes it. */
  htpasswdFile?: string;
}

/** Configuration of distribution's `registry` v3: no debug server, no delivery of telemetry. JSON is YAML. */
export function registryConfig(listen: RegistryListen, httpSecret: string): string {
  const { tls, htpasswdFile } = listen;
  return JSON.stringify({
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: listen.dataDirectory },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
    },
    http: {
      addr: `127.0.0.1:${listen.port}`,
      secret: httpSecret,
      ...(tls && { tls: { certificate: tls.certificateFile, key: tls.keyFile } }),
    },
    ...(htpasswdFile && { auth: { htpasswd: { realm: "fairlead", path: htpasswdFile } } }),
  });
}

/** Without these the registry would look for an OpenTelemetry collector. */
export const registryEnvironment: Readonly<Record<string, string>> = {
  OTEL_TRACES_EXPORTER: "none",
  OTEL_METRICS_EXPORTER: "none",
  OTEL_LOGS_EXPORTER: "none",
};
