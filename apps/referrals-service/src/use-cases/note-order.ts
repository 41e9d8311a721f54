import { Injectable } from '@nestjs/common';
import { Referrals, type FriendsOrder } from './referrals.js';

/** Moves the referral of a friend who has ordered on. */
@Injectable()
export class NoteFriendsOrder {
  constructor(private readonly referrals: Referrals) {}

  async execute(jobId: string, order: FriendsOrder): Promise<void> {
    await this.referrals.markOrdered(jobId, order);
  }
}
