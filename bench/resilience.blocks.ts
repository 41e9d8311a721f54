/** The calls to measure, by name. */
export type Candidates = Readonly<Record<string, () => Promise<unknown>>>;

const BLOCKS = 81;
const WARM_UP = 5;

/**
 * Nanoseconds per call of each candidate. Blocks run in turn, in random order, so that a noisy
 * neighbour or a growing heap affects all candidates alike. The lower quartile ignores blocks that
 * another process disturbed.
 */
export async function nsPerCall(
  candidates: Candidates,
  callsPerBlock: number,
): Promise<Readonly<Record<string, number>>> {
  const names = Object.keys(candidates);
  const blocks: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let block = -WARM_UP; block < BLOCKS; block++) {
    for (const name of shuffled(names)) {
      const ns = await timeBlock(candidates[name]!, callsPerBlock);
      if (block >= 0) blocks[name]!.push(ns);
    }
  }
  return Object.fromEntries(names.map((name) => [name, lowerQuartile(blocks[name]!)]));
}

async function timeBlock(call: () => Promise<unknown>, calls: number): Promise<number> {
  const startedAt = performance.now();
  for (let i = 0; i < calls; i++) await call();
  return ((performance.now() - startedAt) * 1e6) / calls;
}

function shuffled(names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ name }) => name);
}

function lowerQuartile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)]!;
}
