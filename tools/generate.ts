// npm run generate: rewrites the generated files that are committed.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GENERATED_FILES } from './generated/generated-files.ts';

const root = resolve(import.meta.dirname, '..');
for (const [file, generate] of Object.entries(GENERATED_FILES)) {
  writeFileSync(join(root, file), await generate(root));
}
