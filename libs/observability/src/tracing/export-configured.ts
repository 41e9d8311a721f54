export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the environment names an address for spans, and does not switch tracing off. */
export function isExportConfigured(environment: Environment): boolean {
  if (environment['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return false;
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = environment;
  return [all, own].some((address) => address !== undefined && address.trim() !== '');
}
