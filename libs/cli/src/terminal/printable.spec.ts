import { jsonLine, jsonText } from './json-text.js';
import { oneLine, printable } from './printable.js';

const range = (from: number, to: number): string =>
  String.fromCodePoint(...Array.from({ length: to - from + 1 }, (_none, i) => from + i));
/** CSI, OSC with a title, a C1 CSI, and a hyperlink. */
const SEQUENCES = ['\u001b[2J', '\u001b]0;title\u0007', '\u009b31m', '\u001b]8;;http://x\u001b\\'];
const BIDIRECTIONAL = range(0x202a, 0x202e) + range(0x2066, 0x2069) + '\u061c\u200e\u200f';
/** Soft hyphen, zero-width space, word joiner, byte order mark, tags, invisible operators. */
const INVISIBLE = '\u00ad\u200b\u2060\ufeff\u{e0041}\u2063\u180e\ufff9\u206a';
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

  it('replaces invisible characters, which make two names look alike', () => {
    expect(safe(`a${INVISIBLE}b`)).toBe(`a${'\ufffd'.repeat(9)}b`);
  });

  it('replaces joiners that join nothing', () => {
    expect(safe('ad\u200dmin 1\u200c2 \u200d')).toBe('ad\ufffdmin 1\ufffd2 \ufffd');
    expect(safe('می\u200cخواهم क्\u200dष')).toBe('می\u200cخواهم क्\u200dष');
  });

  it('replaces halves of surrogate pairs', () => {
    expect(safe('a\ud800b')).toBe('a\ufffdb');
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
  const given = `${CONTROLS}${BIDIRECTIONAL}${INVISIBLE}\u2028\u2029👩‍👩‍👧`;
  const text = json({ text: given, [given]: 1 });
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(text)).toEqual({ text: given, [given]: 1 });
});
