import { openDestination } from './destination.js';

const line = `${JSON.stringify({ level: 'info', time: 0, msg: 'invited', shop: 'demo' })}\n`;

it.each([
  [undefined, line],
  [false, line],
])('gets JSON lines in a terminal if pretty is %p', async (pretty, expected) => {
  expect(await written(pretty)).toBe(expected);
});

it('gets readable lines if pretty is true', async () => {
  const text = await written(true);
  expect(text).toContain('invited');
  expect(text).toContain('"shop":"demo"');
  expect(() => JSON.parse(text)).toThrow();
});

it.each([
  [true, undefined, false],
  [false, undefined, true],
  [true, false, true],
])(
  'in a terminal (%p), with pretty %p, is standard output with JSON: %p',
  async (isTerminal, pretty, isJson) => {
    const options = { service: 'shop', ...(pretty !== undefined && { pretty }) };
    const stream = await openDestination(options, isTerminal);
    // Written before the call returns, so a line just before an exit is not lost.
    const standardOutput = expect.objectContaining({ fd: 1, sync: true });
    expect(stream).toEqual(isJson ? standardOutput : expect.not.objectContaining({ fd: 1 }));
  },
);

async function written(pretty: boolean | undefined): Promise<string> {
  let text = '';
  const destination = { write: (chunk: string) => void (text += chunk) };
  const stream = await openDestination(
    { service: 'shop', destination, ...(pretty !== undefined && { pretty }) },
    true,
  );
  stream.write(line);
  return text;
}
