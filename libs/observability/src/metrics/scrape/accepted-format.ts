import type { ExpositionFormat } from './exposition.js';

const OPEN_METRICS = 'application/openmetrics-text';
const VERSION = /^version=(?:"?)(\d+)\./;

/** Returns OpenMetrics if the `Accept` header prefers it over plain text, else plain text. */
export function acceptedFormat(accept: string | undefined): ExpositionFormat {
  let open = 0;
  let text = 0;
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    const quality = qualityOf(parameters);
    if (type === OPEN_METRICS && isReadable(parameters)) open = Math.max(open, quality);
    if (type === 'text/plain') text = Math.max(text, quality);
  }
  return open > 0 && open >= text ? 'openmetrics' : 'text';
}

function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = given === undefined ? 1 : Number(given.slice(2));
  return quality >= 0 && quality <= 1 ? quality : 0;
}

/** Versions 0.0.1 and 1.x have the same format. A later one may not. */
function isReadable(parameters: readonly string[]): boolean {
  const version = parameters.find((parameter) => parameter.startsWith('version='));
  const major = version === undefined ? '1' : VERSION.exec(version)?.[1];
  return major === '0' || major === '1';
}
