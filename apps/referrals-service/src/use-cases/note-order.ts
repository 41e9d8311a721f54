import { Injectable } from '@nestjs/common';
import { Referrals, type FriendsOrder } from './referrals.js';

/** Records the order of a referred friend. */
@Injectable()
export class NoteFriendsOrder {
  constructor(private readonly referrals: Referrals) {}

  async execute(jobId: string, order: FriendsOrder): Promise<void> {
    await this.referrals.markOrdered(jobId, order);
  }
}
