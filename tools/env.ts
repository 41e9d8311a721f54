// npm run env: writes .env.example as the config classes of the services have it.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { envExample } from './environment/env-example.ts';

const root = resolve(import.meta.dirname, '..');
writeFileSync(join(root, '.env.example'), envExample(root));
