import { ProblemError } from '@loyalnest/http';

/**
 * The merchant that a request must name.
 *
 * @throws ProblemError `MERCHANT_MISSING` (400), which tells the caller what to send
 */
export function requireMerchant(merchantId: string | undefined): string {
  if (merchantId) return merchantId;
  throw new ProblemError({
    status: 400,
    code: 'MERCHANT_MISSING',
    detail: 'send the shop in the header x-merchant-id, such as demo.myshopify.com',
  });
}
