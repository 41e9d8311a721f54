import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { errorCodes } from './error-codes.js';

const root = mkdtempSync(join(tmpdir(), 'error-codes-'));
afterAll(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

it('finds the codes of classes, of their constructors and of answers', () => {
  write(
    'libs/shop/src/sold-out.error.ts',
    "export class SoldOutError extends Base { readonly code = 'SOLD_OUT'; readonly category = 'conflict'; }",
  );
  write(
    'libs/shop/src/bad-order.error.ts',
    `/** An order is bad. It is answered. */
    export class BadOrderError extends ProblemError {
      constructor(big: boolean) { super({ status: 400, code: big ? 'ORDER_TOO_BIG' : 'ORDER_REFUSED' }); }
    }`,
  );
  write(
    'apps/shop/src/orders.ts',
    "throw new ProblemError({ status: 404, code: 'NO_SUCH_ORDER', detail: 'gone' });",
  );
  expect(errorCodes(root)).toMatchObject([
    { code: 'NO_SUCH_ORDER', className: undefined, meaning: 'Answered with status 404.' },
    { code: 'ORDER_REFUSED', className: 'BadOrderError', meaning: 'An order is bad.' },
    { code: 'ORDER_TOO_BIG', className: 'BadOrderError' },
    { code: 'SOLD_OUT', className: 'SoldOutError', category: 'conflict' },
  ]);
});

it('refuses a code that two places declare', () => {
  write('apps/shop/src/again.ts', "throw new ProblemError({ status: 409, code: 'SOLD_OUT' });");
  expect(() => errorCodes(root)).toThrow('the code SOLD_OUT is declared twice');
});
