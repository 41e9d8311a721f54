/** Ways to reach a person. Each has its own provider. */
export const CHANNELS = ['sms', 'email'] as const;

export type Channel = (typeof CHANNELS)[number];
