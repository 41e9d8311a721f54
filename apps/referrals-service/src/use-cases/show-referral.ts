import { Injectable } from '@nestjs/common';
import type { Referral } from '../domain/referral.js';
import { Referrals } from './referrals.js';

@Injectable()
export class ShowReferral {
  constructor(private readonly referrals: Referrals) {}

  execute(merchantId: string, id: string): Promise<Referral | undefined> {
    return this.referrals.find(merchantId, id);
  }
}
