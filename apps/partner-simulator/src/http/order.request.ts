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
const ID_HELP: ValidationOptions = { message: '$property: use digits in a string, 19 at most' };
const TOTAL = /^-?\d{1,9}(\.\d{1,2})?$/;
const TOPIC = /^[a-z_]+\/[a-z_]+$/;
const WEBHOOK_ID = /^[A-Za-z0-9-]{1,64}$/;

/** Body of `POST /shop/orders`. All of it may be left out. */
export class OrderRequest {
  /** In a string: a number of 18 digits would lose some. */
  @IfGiven()
  @Matches(ID, ID_HELP)
  readonly customerId: string = '115310627314723954';

  /** In the shop's currency; a negative one tests the receiver. */
  @IfGiven()
  @Matches(TOTAL, { message: "total: use a decimal in a string, such as '199.65'" })
  readonly total: string = '199.65';

  @IfGiven()
  @IsEmail()
  readonly email?: string;

  /** How often the same webhook is posted, all at once. */
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(50)
  readonly copies: number = 1;

  @IfGiven()
  @Matches(TOPIC, { message: "topic: use one such as 'orders/paid'" })
  readonly topic: string = 'orders/paid';

  @IfGiven()
  @IsIn(['valid', 'wrong'])
  readonly signature: 'valid' | 'wrong' = 'valid';

  /** Breaks the body off in the middle. */
  @IfGiven()
  @IsBoolean()
  readonly malformed: boolean = false;

  /** A guest's order. */
  @IfGiven()
  @IsBoolean()
  readonly withoutCustomer: boolean = false;

  /** An order that came before, to tell of it once more. */
  @IfGiven()
  @Matches(ID, ID_HELP)
  readonly orderId?: string;

  /** A webhook that came before, as Shopify sends it again. */
  @IfGiven()
  @Matches(WEBHOOK_ID, { message: 'webhookId: use letters, digits and hyphens, 64 at most' })
  readonly webhookId?: string;
}
