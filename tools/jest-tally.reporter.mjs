import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes the counts of a run to `.cache/test-tally.json` for `.ci/run`. A suite that could not run
 * counts as one failed test. A run without tests fails.
 */
export default class TallyReporter {
  constructor({ rootDir }) {
    this.folder = join(rootDir, '.cache');
  }

  onRunComplete(_contexts, results) {
    const passed = results.numPassedTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    if (passed + failed === 0) this.error = new Error('no tests were run');
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, 'test-tally.json'), `${JSON.stringify({ passed, failed })}\n`);
  }

  getLastError() {
    return this.error;
  }
}
