import { Injectable } from '@nestjs/common';
import { InviteSender } from './invite-sender.js';
import { Referrals } from './referrals.js';

/** Sends the invite of a referral. Does nothing if the invite is already recorded as sent. */
@Injectable()
export class InviteFriend {
  constructor(
    private readonly referrals: Referrals,
    private readonly sender: InviteSender,
  ) {}

  async execute(referralId: string): Promise<void> {
    const friend = await this.referrals.friendToInvite(referralId);
    if (!friend) return;
    const invitation = await this.sender.send(friend, `referral-${referralId}`);
    await this.referrals.markInvited(referralId, invitation);
  }
}
