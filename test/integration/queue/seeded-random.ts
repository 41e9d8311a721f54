import { createHash } from 'node:crypto';

/** Returns numbers from 0 up to, but not including, 1; the same sequence for the same seed. */
export function seededRandom(seed: number): () => number {
  let drawn = 0;
  return () => {
    const digest = createHash('sha256').update(`${seed}:${drawn++}`).digest();
    return digest.readUInt32BE() / 2 ** 32;
  };
}
