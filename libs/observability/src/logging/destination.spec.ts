import { openDestination } from './destination.js';

const line = `${JSON.stringify({ level: 'info', time: 0, msg: 'invited', shop: 'demo' })}\n`;

it.each([
  [undefined, line],
  [false, line],
])('is given JSON where readable lines are wanted %p', async (pretty, expected) => {
  expect(await written(pretty)).toBe(expected);
});

it('is given readable lines where they are asked for', async () => {
  const text = await written(true);
  expect(text).toContain('invited');
  expect(text).toContain('"shop":"demo"');
  expect(() => JSON.parse(text)).toThrow();
});

it.each([
  [true, undefined, false],
  [false, undefined, true],
  [true, false, true],
])('in a terminal (%p), with pretty %p, writes JSON: %p', async (isTerminal, pretty, isJson) => {
  const options = { service: 'shop', ...(pretty !== undefined && { pretty }) };
  const stream = await openDestination(options, isTerminal);
  // Written before the call returns: a line just before an exit is there.
  const standardOutput = expect.objectContaining({ fd: 1, sync: true });
  expect(stream).toEqual(isJson ? standardOutput : expect.not.objectContaining({ fd: 1 }));
});

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
