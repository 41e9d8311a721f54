import 'reflect-metadata';
import { IsEmail, IsOptional } from 'class-validator';
import { DiscardBody } from './admin-bodies.js';
import { AdminInputPipe } from './admin-input.pipe.js';

class Contact {
  @IsOptional()
  @IsEmail()
  email?: string;
}

const problemsOf = (type: new () => object, value: unknown): Promise<unknown> =>
  new AdminInputPipe(type).transform(value).then(
    () => 'accepted',
    (error: unknown) => (error as { problems?: unknown }).problems ?? error,
  );

it('takes a rule that throws as a problem of its field', async () => {
  expect(await problemsOf(Contact, { email: 'a@\ud800.example' })).toEqual([
    { path: 'email', message: 'email has a value that cannot be checked' },
  ]);
});

it('takes a value that class-transformer cannot process as a problem of the request', async () => {
  const value = { reason: { constructor: 1, toString: null, valueOf: {} } };
  expect(await problemsOf(DiscardBody, value)).toEqual([
    { path: '', message: 'the request has a value that cannot be checked' },
  ]);
});

it('names at most 20 problems', async () => {
  const value = Object.fromEntries(Array.from({ length: 900 }, (_unused, index) => [index, 1]));
  expect(await problemsOf(DiscardBody, value)).toHaveLength(20);
});
