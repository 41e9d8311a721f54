import { LoyalNestError } from '@loyalnest/core';
import { IsEmail, IsOptional, ValidateBy } from 'class-validator';
import { InvalidPayloadError } from './invalid-payload.error.js';
import { payloadValidator } from './payload-validation.js';

class UnavailableError extends LoyalNestError {
  readonly code = 'TEST_UNAVAILABLE';
  readonly category = 'unavailable';
  readonly retryable = true;
}

class Contact {
  @IsOptional()
  @IsEmail()
  email?: string;

  @IsOptional()
  @ValidateBy({
    name: 'known',
    async: true,
    validator: { validate: () => Promise.reject(new UnavailableError('no database')) },
  } as never)
  customerId?: string;
}

const validate = payloadValidator('contacts.add', Contact);

it.each([
  [{ email: 'a@\ud800.example' }, 'email: has a value that cannot be checked'],
  [
    { email: { constructor: 1, toString: null, valueOf: {} } },
    'payload: has a value that cannot be checked',
  ],
])('takes %j, which a rule cannot process, as an invalid payload', async (payload, problem) => {
  const attempt = validate(payload);
  await expect(attempt).rejects.toBeInstanceOf(InvalidPayloadError);
  await expect(attempt).rejects.toThrow(problem);
});

it('keeps the error of a rule that says what it means', async () => {
  await expect(validate({ customerId: '1' })).rejects.toBeInstanceOf(UnavailableError);
});
