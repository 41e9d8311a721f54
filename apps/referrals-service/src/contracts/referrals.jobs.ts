import { defineJob } from '@loyalnest/queue';
import { IsISO8601, IsString, IsUUID, Matches } from 'class-validator';

/** An invite to send. The friend's contact data stays in the database. */
export class InvitePayload {
  @IsUUID()
  readonly referralId!: string;
}

export const Invite = defineJob('referrals.invite', {
  payload: InvitePayload,
  attempts: 5,
  backoff: { initial: '1s', max: '1m' },
  timeout: '20s',
});

/** Sent by points-service: an order that earned points. */
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
