import { ProblemError } from '@loyalnest/http';

/**
 * Returns the merchant, which the request must name.
 *
 * @throws ProblemError `MERCHANT_MISSING` (400) with the header to send
 */
export function requireMerchant(merchantId: string | undefined): string {
  if (merchantId) return merchantId;
  throw new ProblemError({
    status: 400,
    code: 'MERCHANT_MISSING',
    detail:
      'send the domain of the shop in the header x-merchant-id, such as demo.myshopify.com; ' +
      'percent-encode characters other than letters, digits and ._:-',
  });
}
