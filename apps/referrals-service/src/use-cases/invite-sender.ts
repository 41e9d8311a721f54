import type { Friend, Invitation } from '../domain/referral.js';

/** Reaches a friend by SMS or, if that fails, by e-mail. */
export abstract class InviteSender {
  /** @param key the same for every try of one invite: the providers send it once */
  abstract send(friend: Friend, key: string): Promise<Invitation>;
}
