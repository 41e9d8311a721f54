import type { Friend, Invitation, Referral } from '../domain/referral.js';

export interface NewReferral {
  readonly merchantId: string;
  readonly advocateId: string;
  readonly friend: Friend;
}

/** The stored referrals. */
export abstract class Referrals {
  /** Stores the referral and publishes the job that invites the friend, in one transaction. */
  abstract create(referral: NewReferral): Promise<Referral>;

  abstract find(merchantId: string, id: string): Promise<Referral | undefined>;

  /**
   * The friend to invite; undefined if the referral is unknown or the invite has already been sent.
   */
  abstract friendToInvite(id: string): Promise<Friend | undefined>;

  /** Records how the friend was reached. Later calls do not overwrite the first. */
  abstract markInvited(id: string, invitation: Invitation): Promise<void>;

  /**
   * Records the order of a referred friend, once per job. Returns the ids of the affected
   * referrals.
   */
  abstract markOrdered(jobId: string, order: FriendsOrder): Promise<readonly string[]>;
}

export interface FriendsOrder {
  readonly merchantId: string;
  readonly orderId: string;
  readonly contactHash: string;
}
