import {
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  Matches,
  Max,
  Min,
  type ValidationOptions,
} from 'class-validator';
import { IfGiven } from './if-given.decorator.js';

const ID = /^[1-9]\d{0,18}$/;
const ID_HELP: ValidationOptions = { message: '$property: use a string of at most 19 digits' };
const TOTAL = /^-?\d{1,9}(\.\d{1,2})?$/;
const TOPIC = /^[a-z_]+\/[a-z_]+$/;
const WEBHOOK_ID = /^[A-Za-z0-9-]{1,64}$/;

/** Body of `POST /shop/orders`. Every field is optional. */
export class OrderRequest {
  /** A string, because a number of 18 digits would lose precision. */
  @IfGiven()
  @Matches(ID, ID_HELP)
  readonly customerId: string = '115310627314723954';

  /** In the shop's currency. A negative total tests the receiver. */
  @IfGiven()
  @Matches(TOTAL, { message: "total: use a decimal in a string, such as '199.65'" })
  readonly total: string = '199.65';

  @IfGiven()
  @IsEmail()
  readonly email?: string;

  /** How many copies of the webhook are posted at the same time. */
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(50)
  readonly copies: number = 1;

  @IfGiven()
  @Matches(TOPIC, { message: "topic: use a topic such as 'orders/paid'" })
  readonly topic: string = 'orders/paid';

  @IfGiven()
  @IsIn(['valid', 'wrong'])
  readonly signature: 'valid' | 'wrong' = 'valid';

  /** Truncates the body in the middle. */
  @IfGiven()
  @IsBoolean()
  readonly malformed: boolean = false;

  /** Places the order as a guest. */
  @IfGiven()
  @IsBoolean()
  readonly withoutCustomer: boolean = false;

  /** Id of an earlier order, to send another webhook for it. */
  @IfGiven()
  @Matches(ID, ID_HELP)
  readonly orderId?: string;

  /** Id of an earlier webhook, to deliver it again as Shopify does. */
  @IfGiven()
  @Matches(WEBHOOK_ID, { message: 'webhookId: use at most 64 letters, digits and hyphens' })
  readonly webhookId?: string;
}
