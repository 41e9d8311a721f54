import type { StackUrls } from './app-plan.js';

const JSON_BODY = `-H 'content-type: application/json'`;
const MERCHANT = `-H 'x-merchant-id: demo.myshopify.com'`;

/** What a newcomer can try in another terminal: a title and a command each. */
export function thingsToTry({ apps }: StackUrls): readonly (readonly [string, string])[] {
  const gateway = apps['api-gateway'];
  const simulator = apps['partner-simulator'];
  const referrals = apps['referrals-service'];
  if (gateway === undefined || simulator === undefined || referrals === undefined) return [];
  return [
    [
      'A customer orders in the shop, which sends a signed webhook:',
      `curl -X POST ${simulator}/shop/orders ${JSON_BODY} -d '{"customerId":"115310627314723954","total":"199.65"}'`,
    ],
    [
      'The points of that customer:',
      `curl ${gateway}/v1/points/accounts/115310627314723954 ${MERCHANT}`,
    ],
    [
      'The customer refers a friend, who gets an invite by SMS:',
      `curl -X POST ${gateway}/v1/referrals ${JSON_BODY} ${MERCHANT} -d '{"advocateId":"115310627314723954","friendPhone":"+15550100","friendEmail":"friend@example.com"}'`,
    ],
    [
      'Where that referral stands (with the id from the answer):',
      `curl ${gateway}/v1/referrals/ID ${MERCHANT}`,
    ],
    [
      'The SMS provider fails from now on; refer another friend and see the e-mail instead:',
      `curl -X PUT ${simulator}/faults ${JSON_BODY} -d '{"sms":{"errorRatio":1}}'`,
    ],
    ['The circuit of the SMS provider, as health sees it every 5 s:', `curl ${referrals}/health`],
    ['All is well again:', `curl -X DELETE ${simulator}/faults`],
  ];
}
