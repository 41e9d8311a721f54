import { OptionError } from '@loyalnest/core';
import { InvalidPayloadError } from './invalid-payload.error.js';

/** Turns a payload of one version into one of the next. It must not change what it is given. */
// Payloads of the past have no type of their own any more.
// oxlint-disable-next-line typescript/no-explicit-any
export type PayloadUpcaster = (old: any) => unknown;

/** One upcaster for each version that may still be stored; the key is the version it reads. */
export type PayloadUpcasters = Readonly<Record<number, PayloadUpcaster>>;

/**
 * A function that lifts a stored payload to `version`, one upcaster after the other. It rejects with
 * {@link InvalidPayloadError} for a version that has none and when an upcaster throws.
 *
 * @throws OptionError for a gap, a version that is not older than the current one, or no function
 */
export function payloadUpcaster(
  job: string,
  path: string,
  version: number,
  upcasters: PayloadUpcasters,
): (payload: unknown, from: number) => Promise<unknown> {
  const versions = Object.keys(upcasters).map(Number);
  for (const from of versions) {
    const upcaster: unknown = upcasters[from];
    if (!Number.isSafeInteger(from) || from < 1 || from >= version) {
      throw new OptionError(`${path}.${from}`, upcaster, `use versions from 1 to ${version - 1}`);
    }
    if (typeof upcaster !== 'function') {
      throw new OptionError(`${path}.${from}`, upcaster, 'use a function of the old payload');
    }
  }
  for (let from = Math.min(...versions); from < version && versions.length > 0; from++) {
    if (upcasters[from]) continue;
    throw new OptionError(`${path}.${from}`, undefined, `add the step to version ${from + 1}`);
  }
  return async (payload, from) => {
    let lifted = payload;
    for (let step = from; step < version; step++) {
      const upcaster = upcasters[step];
      if (!upcaster) {
        throw new InvalidPayloadError(job, [`version ${step} has no upcaster to ${step + 1}`]);
      }
      try {
        lifted = await upcaster(lifted);
      } catch (error) {
        throw new InvalidPayloadError(job, [
          `the upcaster of version ${step} threw: ${error instanceof Error ? error.message : String(error)}`,
        ]);
      }
    }
    return lifted;
  };
}
