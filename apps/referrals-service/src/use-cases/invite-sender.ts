import type { Friend, Invitation } from '../domain/referral.js';

/** Reaches a friend by SMS or, if that fails, by e-mail. */
export abstract class InviteSender {
  /**
   * @param key idempotency key, the same for every attempt of one invite, so that the provider
   * sends it once
   */
  abstract send(friend: Friend, key: string): Promise<Invitation>;
}
