import { AbandonedQueue } from '../../../test/abandoned-queue.js';

let queue: AbandonedQueue;

beforeAll(async () => {
  queue = await AbandonedQueue.start();
});
beforeEach(() => queue.fill());
afterAll(() => queue.stop());

describe('dlq groups, list and show', () => {
  it('group dead letters by cause', async () => {
    const { groups } = await queue.json('dlq groups points');
    expect(groups).toMatchObject([
      { count: 9, message: 'no such account', error: 'UnrecoverableError' },
      { count: 1, message: 'ledger is closed' },
    ]);
    expect((await queue.cli('dlq groups points')).out).toMatch(/ 9 .*no such account/);
  });

  it('list matching dead letters page by page, without payloads', async () => {
    const { out } = await queue.cli('dlq list points');
    expect(out.split('\n').filter((line) => line.startsWith('points.award-'))).toHaveLength(10);
    const first = await queue.json('dlq list points --limit 8');
    const second = await queue.json(`dlq list points --limit 8 --cursor ${first.cursor}`);
    expect([...first.items, ...second.items]).toHaveLength(10);
    expect(first.items[0].payload).toEqual({ phone: '<string>' });
    expect(JSON.stringify(first)).not.toContain('+49');
    expect((await queue.json('dlq list points --after 1h')).items).toHaveLength(10);
    expect((await queue.json('dlq list points --before 1h')).items).toHaveLength(0);
    expect((await queue.json('dlq list points --reason expired')).items).toHaveLength(0);
  });

  it('show a payload only with --payload, which the audit trail records', async () => {
    const plain = await queue.cli(['dlq', 'show', 'points', queue.ids[0]!]);
    expect(plain.out).toContain('no such account');
    expect(plain.out).not.toContain('+49');
    const letter = await queue.json([
      'dlq',
      'show',
      'points',
      queue.ids[0]!,
      '--payload',
      '--by',
      'ada',
    ]);
    expect(letter.payload).toEqual({ phone: '+49 1700 0' });
    const { entries } = await queue.json('audit');
    expect(entries).toMatchObject([
      { by: 'ada', source: 'cli', command: 'show-payload', target: queue.ids[0] },
    ]);
  });

  it('fit into the terminal and send it no control characters from a job', async () => {
    await queue.client.hset(
      `${queue.prefix}:points:${queue.ids[0]}`,
      'failedReason',
      `\u001b[2J${'漢字 '.repeat(60)}`,
    );
    const { out } = await queue.cli('dlq list points', { columns: 100 });
    expect(out).not.toContain('\u001b');
    expect(out).toContain('…');
    for (const line of out.split('\n')) {
      const wide = (line.match(/[漢字]/g) ?? []).length;
      expect(line.length + wide).toBeLessThanOrEqual(100);
    }
    expect((await queue.cli('dlq list points --json')).out).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe('dlq redrive, discard, restore and edit', () => {
  it('redrive one', async () => {
    expect(await queue.json(['dlq', 'redrive', 'points', queue.ids[0]!])).toEqual({
      queue: 'points',
      results: [{ id: queue.ids[0], outcome: 'redriven' }],
    });
    expect(await queue.client.lrange(`${queue.prefix}:points:wait`, 0, -1)).toEqual([queue.ids[0]]);
  });

  it('discard with a reason, and restore', async () => {
    const discard = [
      'dlq',
      'discard',
      'points',
      queue.ids[0]!,
      queue.ids[1]!,
      '--reason',
      'a test',
    ];
    expect((await queue.json([...discard, '--yes'])).results).toHaveLength(2);
    expect((await queue.json('dlq list points --discarded')).items).toHaveLength(2);
    expect((await queue.json(['dlq', 'restore', 'points', queue.ids[0]!])).results[0].outcome).toBe(
      'restored',
    );
    const { entries } = await queue.json('audit');
    expect(entries.map((entry: { command: string }) => entry.command)).toEqual([
      'restore',
      'discard',
      'discard',
    ]);
    expect(entries[1]).toMatchObject({ reason: 'a test', outcome: 'done' });
    expect((await queue.cli('audit')).out).toMatch(/cli +discard +points .*\(a test\)/);
  });

  it('ask before discarding, and need --yes without a terminal', async () => {
    const discard = ['dlq', 'discard', 'points', queue.ids[0]!, '--reason', 'a test'];
    const script = await queue.cli(discard);
    expect(script.code).toBe(2);
    expect(script.err).toContain('--yes');
    expect((await queue.cli(discard, { answer: 'n' })).code).toBe(130);
    expect(await queue.deadLetterCount()).toBe(10);
    expect((await queue.cli(discard, { answer: 'y' })).code).toBe(0);
    expect(await queue.deadLetterCount()).toBe(9);
  });

  it('edit the payload from the standard input, and never print a broken one', async () => {
    const line = ['dlq', 'edit', 'points', queue.ids[0]!, '--file', '-'];
    const { code } = await queue.cli(line, { input: '{"phone":"+1"}' });
    expect(code).toBe(0);
    const data = JSON.parse(
      (await queue.client.hget(`${queue.prefix}:points:${queue.ids[0]}`, 'data'))!,
    );
    expect(data.payload).toEqual({ phone: '+1' });
    const broken = await queue.cli(['dlq', 'edit', 'points', queue.ids[1]!, '--file', '-'], {
      input: '{"phone":"+49 secret"',
    });
    expect(broken.code).toBe(2);
    expect(broken.err).not.toContain('secret');
  });

  it('edit the payload in an editor', async () => {
    const { code, err } = await queue.cli(['dlq', 'edit', 'points', queue.ids[0]!], {
      answer: '',
      env: { EDITOR: `sed -i 's/1700 0/1700 99/'` },
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const data = JSON.parse(
      (await queue.client.hget(`${queue.prefix}:points:${queue.ids[0]}`, 'data'))!,
    );
    expect(data.payload).toEqual({ phone: '+49 1700 99' });
  });

  it('record who saw a payload in an editor, even if nothing was changed', async () => {
    const edit = ['dlq', 'edit', 'points', queue.ids[0]!, '--by', 'ada'];
    const editor = { answer: '', env: { EDITOR: 'true' } };
    expect((await queue.cli(edit, editor)).err).toContain('unchanged');
    const { entries } = await queue.json('audit');
    expect(entries).toMatchObject([
      { by: 'ada', source: 'cli', command: 'show-payload', target: queue.ids[0], outcome: 'done' },
    ]);
    await queue.client.del(`${queue.prefix}:audit`);
    await queue.client.set(`${queue.prefix}:audit`, 'in the way');
    expect((await queue.cli(edit, editor)).code).toBe(3);
  });

  it('process the ids that exist, and report the others', async () => {
    const { code, out, err } = await queue.cli([
      'dlq',
      'redrive',
      'points',
      queue.ids[0]!,
      'none',
      queue.ids[1]!,
    ]);
    expect(code).toBe(1);
    expect(out.match(/: redriven$/gm)).toHaveLength(2);
    expect(err).toContain("has no dead letter 'none'");
    expect(await queue.deadLetterCount()).toBe(8);
  });

  it('change nothing that the audit trail cannot record', async () => {
    await queue.client.set(`${queue.prefix}:audit`, 'in the way');
    const { code, err } = await queue.cli(['dlq', 'redrive', 'points', queue.ids[0]!]);
    expect(code).toBe(3);
    expect(err).toContain('the audit trail cannot be written');
    expect(await queue.deadLetterCount()).toBe(10);
  });
});
