// Loaded by --import before an app: every import of BullMQ and ioredis, also from other packages,
// resolves to the versions in the folder PEERS.
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const folder = pathToFileURL(`${process.env['PEERS']}/`).href;
const PEER = /^(?:bullmq|ioredis)(?:\/|$)/;

registerHooks({
  resolve(specifier, context, next) {
    if (!PEER.test(specifier)) return next(specifier, context);
    const resolved = next(specifier, { ...context, parentURL: `${folder}package.json` });
    if (resolved.url.startsWith(folder)) return resolved;
    throw new Error(`${specifier} is ${resolved.url}, which is not in ${folder}`);
  },
});
