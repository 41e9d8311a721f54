/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether an OTLP endpoint is set and `OTEL_SDK_DISABLED` is not `true`. Use it to skip the import
 * of `TracingModule` if nothing would be exported.
 */
export function isExportConfigured(environment: Environment): boolean {
  if (environment['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return false;
  const { OTEL_EXPORTER_OTLP_ENDPOINT: all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own } = environment;
  return [all, own].some((address) => address !== undefined && address.trim() !== '');
}
