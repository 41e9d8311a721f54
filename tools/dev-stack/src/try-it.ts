import type { StackUrls } from './app-plan.js';

const JSON_BODY = `-H 'content-type: application/json'`;
const MERCHANT = `-H 'x-merchant-id: demo.myshopify.com'`;

/** Titles and commands for a newcomer to try in another terminal. */
export function thingsToTry({ apps }: StackUrls): readonly (readonly [string, string])[] {
  const gateway = apps['api-gateway'];
  const simulator = apps['partner-simulator'];
  const referrals = apps['referrals-service'];
  if (gateway === undefined || simulator === undefined || referrals === undefined) return [];
  return [
    [
      'Place an order in the shop, which sends a signed webhook:',
      `curl -X POST ${simulator}/shop/orders ${JSON_BODY} -d '{"customerId":"115310627314723954","total":"199.65"}'`,
    ],
    [
      "Read that customer's points:",
      `curl ${gateway}/v1/points/accounts/115310627314723954 ${MERCHANT}`,
    ],
    [
      'Refer a friend, who gets an invitation by SMS:',
      `curl -X POST ${gateway}/v1/referrals ${JSON_BODY} ${MERCHANT} -d '{"advocateId":"115310627314723954","friendPhone":"+15550100","friendEmail":"friend@example.com"}'`,
    ],
    [
      'Check the state of that referral (use the id from the answer):',
      `curl ${gateway}/v1/referrals/ID ${MERCHANT}`,
    ],
    [
      'Make the SMS provider fail, then refer another friend, who gets an e-mail instead:',
      `curl -X PUT ${simulator}/faults ${JSON_BODY} -d '{"sms":{"errorRatio":1}}'`,
    ],
    [
      'See the circuit of the SMS provider (health samples it every 5 s):',
      `curl ${referrals}/health`,
    ],
    ['Repair the SMS provider:', `curl -X DELETE ${simulator}/faults`],
  ];
}
