/**
 * Sends traces to where OpenTelemetry's environment variables say (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_TRACES_SAMPLER`, …).
 * Without an endpoint nothing is traced, and the SDK is not even loaded.
 */
export async function startTracing(env: NodeJS.ProcessEnv): Promise<AsyncDisposable | undefined> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT && !env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return undefined;
  const { NodeSDK } = await import("@opentelemetry/sdk-node");
  const sdk = new NodeSDK({
    ...(env.OTEL_SERVICE_NAME ? {} : { serviceName: "fairlead" }),
    // Metrics are asked for by Prometheus, and logs are lines of a file.
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return { [Symbol.asyncDispose]: () => sdk.shutdown() };
}
