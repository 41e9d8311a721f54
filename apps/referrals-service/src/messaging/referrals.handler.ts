import { JobHandler, type JobContext } from '@loyalnest/queue';
import { Injectable } from '@nestjs/common';
import { Invite, InvitePayload, NoteOrder, NoteOrderPayload } from '../contracts/referrals.jobs.js';
import { InviteFriend } from '../use-cases/invite-friend.js';
import { NoteFriendsOrder } from '../use-cases/note-order.js';

@Injectable()
export class ReferralsHandler {
  constructor(
    private readonly inviteFriend: InviteFriend,
    private readonly noteFriendsOrder: NoteFriendsOrder,
  ) {}

  @JobHandler(Invite)
  async invite({ referralId }: InvitePayload, _job: JobContext): Promise<void> {
    await this.inviteFriend.execute(referralId);
  }

  @JobHandler(NoteOrder)
  async noteOrder(order: NoteOrderPayload, { id }: JobContext): Promise<void> {
    await this.noteFriendsOrder.execute(id, order);
  }
}
