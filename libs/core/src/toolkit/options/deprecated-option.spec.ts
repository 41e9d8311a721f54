import { warnDeprecatedOption } from './deprecated-option.js';

it('warns once for each path, with a code and the new name', () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
  warnDeprecatedOption('mail.tries', 'attempts');
  warnDeprecatedOption('mail.tries', 'attempts');
  warnDeprecatedOption('sms.tries', 'attempts');
  expect(warn.mock.calls).toEqual(
    ['mail', 'sms'].map((name) => [
      `${name}.tries will be removed in the next version; use attempts`,
      { type: 'DeprecationWarning', code: 'LOYALNEST_DEPRECATED_OPTION' },
    ]),
  );
  warn.mockRestore();
});
