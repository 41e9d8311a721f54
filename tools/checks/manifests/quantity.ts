const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** Bytes of a Kubernetes quantity such as `512Mi`; NaN if it cannot be parsed. */
export function bytesOf(quantity: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([kMG]i?|)$/.exec(quantity) ?? [];
  return Number(number) * (BYTES[unit] ?? Number.NaN);
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60 };

/** Seconds of a duration such as `30s`; NaN if it cannot be parsed. */
export function secondsOf(duration: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(duration) ?? [];
  return Number(number) * (SECONDS[unit] ?? Number.NaN);
}
