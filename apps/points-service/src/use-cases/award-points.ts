import { Injectable } from '@nestjs/common';
import { EarningRule } from '../domain/earning-rule.js';
import type { LedgerEvent } from '../domain/ledger-event.js';
import { Money } from '../domain/money.js';
import { Ledger } from './ledger.js';
import type { PaidOrderEvent } from './webhook-inbox.js';

/**
 * Awards the points of a paid order. An order is confirmed as soon as it is paid, so its points
 * become pending and available in the same transaction.
 */
@Injectable()
export class AwardPoints {
  constructor(
    private readonly ledger: Ledger,
    private readonly rule: EarningRule,
  ) {}

  async execute(jobId: string, order: PaidOrderEvent): Promise<void> {
    const { merchantId, customerId, orderId, total, currency, paidAt } = order;
    const points = this.rule.pointsFor(Money.parse(total, currency)!);
    const event = (type: LedgerEvent['type']): LedgerEvent => ({
      type,
      points,
      source: { type: 'order', id: orderId },
      occurredAt: paidAt,
    });
    await this.ledger.post(jobId, {
      account: { merchantId, customerId },
      events: [event('PointsPending'), event('PointsActivated')],
      announce: order,
    });
  }
}
