import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND_GROUPS } from './command-groups.js';

it('lists each folder of groups exactly once', () => {
  const folders = readdirSync(join(import.meta.dirname, 'groups'));
  expect(COMMAND_GROUPS.map(({ name }) => name).sort()).toEqual(folders.sort());
});
