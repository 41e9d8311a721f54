import { EarningRule } from '../domain/earning-rule.js';
import type { Balance } from '../domain/ledger-event.js';
import { AwardPoints } from './award-points.js';
import { Ledger, type Posting } from './ledger.js';

class MemoryLedger extends Ledger {
  readonly postings: { jobId: string; posting: Posting }[] = [];

  async post(jobId: string, posting: Posting): Promise<void> {
    this.postings.push({ jobId, posting });
  }

  async balanceOf(): Promise<Balance | undefined> {
    return undefined;
  }
}

const ORDER = {
  merchantId: 'demo.myshopify.com',
  orderId: '820982911946154508',
  customerId: '115310627314723954',
  total: '59.95',
  currency: 'USD',
  paidAt: '2026-11-21T12:00:00.000Z',
};

describe('the points of a paid order', () => {
  it('become pending and available in one posting with the id of the job', async () => {
    const ledger = new MemoryLedger();
    await new AwardPoints(ledger, new EarningRule(2)).execute('job-1', ORDER);
    const event = {
      points: 119,
      source: { type: 'order', id: ORDER.orderId },
      occurredAt: ORDER.paidAt,
    };
    expect(ledger.postings).toEqual([
      {
        jobId: 'job-1',
        posting: {
          account: { merchantId: ORDER.merchantId, customerId: ORDER.customerId },
          events: [
            { type: 'PointsPending', ...event },
            { type: 'PointsActivated', ...event },
          ],
          announce: ORDER,
        },
      },
    ]);
  });

  it('are not posted if a number cannot hold them exactly', async () => {
    const ledger = new MemoryLedger();
    const award = new AwardPoints(ledger, new EarningRule(1_000));
    const order = { ...ORDER, total: '999999999999999' };
    await expect(award.execute('job-1', order)).rejects.toThrow(
      'more points than a number can hold',
    );
    expect(ledger.postings).toEqual([]);
  });
});
