import { OptionError } from '@loyalnest/core';
import { InvalidPayloadError } from './invalid-payload.error.js';

/** Turns a payload of one version into one of the next. It must not modify its argument. */
// Types of old payloads no longer exist in the code.
// oxlint-disable-next-line typescript/no-explicit-any
export type PayloadUpcaster = (old: any) => unknown;

/** One upcaster for each version that may still be stored. The key is the version that it reads. */
export type PayloadUpcasters = Readonly<Record<number, PayloadUpcaster>>;

/**
 * Returns a function that upgrades a stored payload to `version`, one upcaster after the other. The
 * function rejects with {@link InvalidPayloadError} if a version has no upcaster or an upcaster
 * throws.
 *
 * @throws OptionError for a missing step, a version that is not older than `version`, or an
 * upcaster that is not a function
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
    throw new OptionError(`${path}.${from}`, undefined, `add the upcaster to version ${from + 1}`);
  }
  return async (payload, from) => {
    let upgraded = payload;
    for (let step = from; step < version; step++) {
      const upcaster = upcasters[step];
      if (!upcaster) {
        throw new InvalidPayloadError(job, [`no upcaster from version ${step} to ${step + 1}`]);
      }
      try {
        upgraded = await upcaster(upgraded);
      } catch (error) {
        throw new InvalidPayloadError(job, [
          `the upcaster from version ${step} threw: ${error instanceof Error ? error.message : String(error)}`,
        ]);
      }
    }
    return upgraded;
  };
}
