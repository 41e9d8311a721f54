import { safeIo } from './safe-io.js';
import type { CliIo } from './cli-io.js';

const HOSTILE = 'a\u001b[2J\u009b31m\u202eb\u200bc';

it('lets no unsafe character and no secret through, except what is drawn', async () => {
  const shown: string[] = [];
  const io: CliIo = {
    env: {},
    out: (text) => void shown.push(text),
    err: (text) => void shown.push(text),
    isTerminal: true,
    get columns() {
      return 80;
    },
    rows: 24,
    interrupted: new AbortController().signal,
    readInput: async () => '',
    ask: async (question) => question,
  };
  const safe = safeIo(io, (text) => text.replaceAll('hunter2', '***'));
  safe.out(`${HOSTILE}\n\tend\n`);
  safe.err(`${HOSTILE} hunter2`);
  shown.push(await safe.ask!(`${HOSTILE} hunter2`));
  for (const text of shown) expect(text).not.toMatch(/[^\P{Cc}\n\t]|[\p{Cf}]|hunter2/u);
  expect(shown[0]).toContain('\n\tend\n');
  safe.drawOut('\u001b[2J');
  safe.drawErr('\u001b[K hunter2');
  expect(shown.slice(3)).toEqual(['\u001b[2J', '\u001b[K ***']);
  expect(safe.columns).toBe(80);
});
