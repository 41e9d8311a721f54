/** Where a job can be, as BullMQ counts them; failed jobs are the dead letters. */
export const JOB_STATES = [
  'waiting',
  'prioritized',
  'active',
  'delayed',
  'waiting-children',
  'completed',
  'failed',
] as const;
