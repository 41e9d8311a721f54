import { defineJob } from '@loyalnest/queue';
import { IsISO8601, IsOptional, IsString, Matches } from 'class-validator';

/** A paid order that earns points. Contains no personal data. */
export class CalculatePointsPayload {
  @IsString()
  readonly merchantId!: string;

  @Matches(/^[1-9]\d{0,19}$/)
  readonly orderId!: string;

  @Matches(/^[1-9]\d{0,19}$/)
  readonly customerId!: string;

  /** Decimal in the shop's currency. */
  @Matches(/^\d{1,15}(\.\d{1,15})?$/)
  readonly total!: string;

  @Matches(/^[A-Z]{3}$/)
  readonly currency!: string;

  @IsISO8601()
  readonly paidAt!: string;

  /** SHA-256 of the customer's e-mail address, for referrals. */
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/)
  readonly contactHash?: string;
}

export const CalculatePoints = defineJob('points.calculate', {
  payload: CalculatePointsPayload,
  attempts: 8,
  backoff: { initial: '500ms', max: '1m' },
  timeout: '10s',
});
