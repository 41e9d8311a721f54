import { repositoryRoot } from '@loyalnest/testing';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './launch.js';
import { LOYALTY_DATABASES, loyaltyApps } from './loyalty-apps.js';

const { env } = process;
const dotenv = join(repositoryRoot(), '.env');
if (existsSync(dotenv)) process.loadEnvFile(dotenv);

await launch({
  apps: loyaltyApps(env),
  databases: LOYALTY_DATABASES,
  env,
  logFolder: env['DEV_STACK_DIR'] ?? join(repositoryRoot(), '.cache/dev-stack'),
});
