import { cacheFolder, createTemporaryFolder, removeTemporaryFolder } from '@loyalnest/testing';
import { existsSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { npm } from './npm.js';
import type { PeerVersions } from './peer-versions.js';

/**
 * Installs these versions into a folder below `.cache/peers`, unless they are there already.
 *
 * @returns the folder, whose `node_modules` holds them
 * @throws Error with the reason if npm cannot install them
 */
export async function installPeers({ bullmq, ioredis }: PeerVersions): Promise<string> {
  const cache = cacheFolder('peers');
  const folder = join(cache, `bullmq-${bullmq}-ioredis-${ioredis}`);
  if (existsSync(folder)) return folder;
  const work = createTemporaryFolder('peers', cache);
  try {
    const dependencies = { bullmq, ioredis };
    writeFileSync(join(work, 'package.json'), JSON.stringify({ private: true, dependencies }));
    await npm(['install', '--prefix', work, '--ignore-scripts', '--no-audit', '--no-package-lock']);
    // Only a complete installation gets the name.
    await rename(work, folder);
  } finally {
    await removeTemporaryFolder(work);
  }
  return folder;
}
