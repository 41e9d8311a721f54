/** Ways by which a message reaches somebody; each is a provider of its own. */
export const CHANNELS = ['sms', 'email'] as const;

export type Channel = (typeof CHANNELS)[number];
