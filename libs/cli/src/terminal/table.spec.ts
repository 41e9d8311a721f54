import stringWidth from 'string-width';
import { table, type Column } from './table.js';

const COLUMNS: readonly Column[] = [
  { title: 'NAME', flexible: true },
  { title: 'COUNT', right: true },
];

/** The terminal column in which each line ends. All are equal if the right column aligns. */
function endsOf(names: readonly string[], width?: number): readonly number[] {
  const shown = table(
    COLUMNS,
    names.map((name) => [name, 7]),
    width,
  );
  return shown
    .trimEnd()
    .split('\n')
    .map((line) => stringWidth(line));
}

it.each([
  ['wide characters', '漢字かな'],
  ['emoji of several code points', '👩‍👩‍👧 🇩🇪 👍🏽 ❤️ 1️⃣'],
  ['combining marks', 'e\u0301a\u0308\u0323 नमस्ते'],
  ['zero-width characters', 'a\u200bb\u2060c'],
  ['Hangul in parts', '\u1112\u1161\u11ab'],
])('aligns %s', (_what, name) => {
  expect(new Set(endsOf([name, 'plain', 'a longer plain name'])).size).toBe(1);
});

it('counts a wide character or an emoji as two columns, and a combining mark as none', () => {
  const widths = ['漢字', '👩‍👩‍👧', '🇩🇪', 'e\u0301'].map((name) => endsOf([`${name} long enough`])[1]!);
  const plain = endsOf(['long enough'])[1]!;
  expect(widths.map((width) => width - plain - 1)).toEqual([4, 2, 2, 1]);
});

it.each([30, 29, 28])(
  'truncates to %d columns between characters, and keeps the alignment',
  (width) => {
    const long = '漢字👩‍👩‍👧e\u0301'.repeat(10);
    const shown = table(
      COLUMNS,
      [
        [long, 7],
        ['short', 12],
      ],
      width,
    );
    const [, first = '', second = ''] = shown.split('\n');
    expect(first).toContain('…');
    expect(first).not.toMatch(/\u200d…/);
    expect(stringWidth(first)).toBe(width);
    expect(stringWidth(second)).toBe(width);
  },
);

it('truncates the widest flexible column first, and none below 8 columns', () => {
  const columns: readonly Column[] = [{ title: 'A', flexible: true }, { title: 'B' }];
  const shown = table(columns, [['x'.repeat(40), 'y'.repeat(20)]], 10);
  expect(shown.split('\n')[1]).toBe(`${'x'.repeat(7)}…  ${'y'.repeat(20)}`);
});

it('truncates nothing without a terminal', () => {
  expect(table(COLUMNS, [['x'.repeat(500), 1]])).toContain('x'.repeat(500));
});

it('keeps one row in one line, whatever a cell contains', () => {
  const shown = table(COLUMNS, [['two\nlines\r\nand\u2028more\u001b[2J', 1]]);
  expect(shown.split('\n')).toHaveLength(3);
  expect(shown).toContain('two lines and more\ufffd[2J');
});
