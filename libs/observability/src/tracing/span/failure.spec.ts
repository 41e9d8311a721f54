import { describeFailure } from './failure.js';

it('uses a thrown status or code as the type', () => {
  expect(describeFailure('503')).toEqual({ type: '503' });
  expect(describeFailure('client_gone')).toEqual({ type: 'client_gone' });
});

it.each(['no SMS to +491761234567', '4242424242424242', { phone: '+491761234567' }, undefined])(
  'reveals nothing about a thrown value that is not an error: %p',
  (thrown) => {
    expect(describeFailure(thrown)).toEqual({ type: '_OTHER' });
  },
);

it('describes an error once, without personal data', () => {
  const error = Object.assign(new Error('no SMS to +491761234567'), { code: 'SMS_FAILED' });
  const { type, exception } = describeFailure(error);
  expect(type).toBe('SMS_FAILED');
  expect(exception).toMatchObject({ 'exception.message': 'no SMS to [redacted]' });
  expect(JSON.stringify(exception)).not.toContain('491761234567');
  expect(describeFailure(error)).toEqual({ type: 'SMS_FAILED' });
});
