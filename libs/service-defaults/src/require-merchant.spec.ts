import { requireMerchant } from './require-merchant.js';

it('returns the merchant', () => {
  expect(requireMerchant('demo.myshopify.com')).toBe('demo.myshopify.com');
});

it.each([undefined, ''])('refuses %p with 400 and names the header to send', (merchant) => {
  expect(() => requireMerchant(merchant)).toThrow(
    expect.objectContaining({
      status: 400,
      code: 'MERCHANT_MISSING',
      message: expect.stringContaining('x-merchant-id'),
    }),
  );
});
