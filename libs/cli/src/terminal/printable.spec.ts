import { jsonLine, jsonText } from './json-text.js';
import { oneLine, printable } from './printable.js';

const range = (from: number, to: number): string =>
  String.fromCodePoint(...Array.from({ length: to - from + 1 }, (_none, i) => from + i));
/** CSI, OSC with a title, a C1 CSI, and a hyperlink. */
const SEQUENCES = ['\u001b[2J', '\u001b]0;title\u0007', '\u009b31m', '\u001b]8;;http://x\u001b\\'];
const BIDIRECTIONAL = range(0x202a, 0x202e) + range(0x2066, 0x2069) + '\u061c\u200e\u200f';
const CONTROLS = range(0x00, 0x1f) + range(0x7f, 0x9f);

describe.each([
  ['oneLine', oneLine],
  ['printable', printable],
])('%s', (_name, safe) => {
  it.each(SEQUENCES)('breaks the escape sequence %j', (sequence) => {
    const shown = safe(`a${sequence}b`);
    expect(shown).not.toMatch(/\p{Cc}/u);
    expect(shown).toContain('\ufffd');
  });

  it('replaces all control characters, C1 included', () => {
    expect(safe(CONTROLS)).not.toMatch(/[^\P{Cc}\n\t]/u);
  });

  it('replaces bidirectional controls, which reorder the text around them', () => {
    expect(safe(`a${BIDIRECTIONAL}b`)).toBe(`a${'\ufffd'.repeat(12)}b`);
  });

  it('leaves text of all scripts, emoji and combining marks as they are', () => {
    const text = 'שלום مرحبا 漢字 e\u0301 👩‍👩‍👧';
    expect(safe(text)).toBe(text);
  });
});

it('joins lines in oneLine, and keeps them in printable', () => {
  expect(oneLine('a\r\nb\tc')).toBe('a b c');
  expect(printable('a\r\nb\tc\rd')).toBe('a\nb\tc\nd');
});

it.each([
  ['a document', jsonText],
  ['a line', jsonLine],
])('escapes control characters in JSON of %s, and loses none', (_what, json) => {
  const text = json({ text: CONTROLS });
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  expect(JSON.parse(text)).toEqual({ text: CONTROLS });
});
