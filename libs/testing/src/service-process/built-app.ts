import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../process/repository.js';
import { AppNotBuiltError } from './app-not-built.error.js';

/** Path of the compiled main file of an app. @throws {@link AppNotBuiltError} if it is missing */
export function builtApp(app: string): string {
  const entry = join(repositoryRoot(), 'dist/apps', app, 'main.js');
  if (!existsSync(entry)) throw new AppNotBuiltError(app, entry);
  return entry;
}
