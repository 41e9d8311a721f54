/** Upper bounds, in seconds, for the time that jobs wait. */
export const JOB_WAIT_BUCKETS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 900, 3_600];
/** Upper bounds, in seconds, for the duration of a run. */
export const JOB_RUN_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
