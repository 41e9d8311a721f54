// Checks, one after the other, what @loyalnest/queue relies on inside BullMQ and ioredis; prints
// `ok <check>` for each. libs/queue/docs/internals.md lists what is relied on, and why.
import assert from 'node:assert/strict';
import { app, redis, type Checks } from './checked-app.js';
import { CONNECTION_CHECKS } from './connection-checks.js';
import { JOB_CHECKS } from './job-checks.js';

const CHECKS: Checks = {
  'the packages are those that were installed for this': async () => {
    for (const name of ['bullmq', 'ioredis']) {
      const found = import.meta.resolve(name);
      assert(found.includes(`${process.env['PEERS']}/`), found);
    }
  },
  ...JOB_CHECKS,
  ...CONNECTION_CHECKS,
};

for (const [name, check] of Object.entries(CHECKS)) {
  try {
    await check();
  } catch (error) {
    console.error(`failed: ${name}\n`, error);
    process.exit(1);
  }
  console.log(`ok ${name}`);
}
await app.close();
redis.disconnect();
// The process must end by itself now: a timer or a connection that is left would keep it.
console.log('all checked');
