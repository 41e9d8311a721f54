import { defineJob } from '@loyalnest/queue';
import { IsISO8601, IsString, Matches } from 'class-validator';

/** Notifies referrals-service of an order that earned points. */
export class NoteOrderPayload {
  @IsString()
  readonly merchantId!: string;

  @Matches(/^[1-9]\d{0,19}$/)
  readonly orderId!: string;

  @Matches(/^[1-9]\d{0,19}$/)
  readonly customerId!: string;

  /** SHA-256 of the customer's e-mail address. */
  @Matches(/^[0-9a-f]{64}$/)
  readonly contactHash!: string;

  @IsISO8601()
  readonly paidAt!: string;
}

export const NoteOrder = defineJob('referrals.note-order', { payload: NoteOrderPayload });
