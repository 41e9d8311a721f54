import { Injectable } from '@nestjs/common';
import type { Referral } from '../domain/referral.js';
import { Referrals, type NewReferral } from './referrals.js';

/** Stores a referral. A job invites the friend afterwards. */
@Injectable()
export class ReferFriend {
  constructor(private readonly referrals: Referrals) {}

  execute(referral: NewReferral): Promise<Referral> {
    return this.referrals.create(referral);
  }
}
