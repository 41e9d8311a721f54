import { repositoryRoot } from '@loyalnest/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './npm.js';

/** Packages of others whose insides `@loyalnest/queue` relies on. */
const PEERS = ['bullmq', 'ioredis'] as const;

/** Exact versions of the packages. */
export type PeerVersions = Readonly<Record<(typeof PEERS)[number], string>>;

/** The lowest versions that `@loyalnest/queue` accepts. Reads only its `package.json`. */
export function lowestPeers(): PeerVersions {
  return { bullmq: lowestOf('bullmq'), ioredis: lowestOf('ioredis') };
}

/**
 * The newest published versions that `@loyalnest/queue` accepts.
 *
 * @throws Error with the reason if npm cannot ask a registry
 */
export async function newestPeers(env?: NodeJS.ProcessEnv): Promise<PeerVersions> {
  const [bullmq, ioredis] = await Promise.all(PEERS.map((name) => newestOf(name, env)));
  return { bullmq: bullmq!, ioredis: ioredis! };
}

function rangeOf(name: string): string {
  const file = join(repositoryRoot(), 'libs/queue/package.json');
  const { peerDependencies } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly peerDependencies: Readonly<Record<string, string>>;
  };
  return peerDependencies[name]!;
}

function lowestOf(name: string): string {
  const range = rangeOf(name);
  const [, lowest] = /^\^(\d+\.\d+\.\d+)$/.exec(range) ?? [];
  if (lowest === undefined) throw new Error(`cannot read the lowest version of ${name}@${range}`);
  return lowest;
}

async function newestOf(name: string, env: NodeJS.ProcessEnv | undefined): Promise<string> {
  const found = await npm(['view', `${name}@${rangeOf(name)}`, 'version', '--json'], env);
  const versions = [JSON.parse(found) as string | string[]].flat();
  return versions.toSorted(byVersion).at(-1)!;
}

function byVersion(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const i = left!.findIndex((part, at) => part !== right![at]);
  return i < 0 ? 0 : left![i]! - right![i]!;
}
