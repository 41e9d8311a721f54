import { SystemClock } from '@loyalnest/core';
// The tests start a process for each step, and this entry loads no Nest: it starts in a quarter of the time.
import { DeadLetters, RedriveEngine, redriveTaskChanged } from '@loyalnest/queue/operator';
import { Redis } from 'ioredis';

const { REDIS_URL, PREFIX, OPERATION, ID = '', DIES_BEFORE } = process.env;

const redis = new Redis(REDIS_URL!);
const letters = DeadLetters.open({
  redis,
  queue: 'points',
  prefix: PREFIX!,
  clock: new SystemClock(),
});
const by = 'ada';

const OPERATIONS: Readonly<Record<string, () => Promise<unknown>>> = {
  redrive: () => letters.redrive(ID, by),
  edit: async () => {
    const { revision } = await letters.get(ID);
    await letters.editAndRedrive(ID, { payload: { edited: true }, revision, by });
  },
  discard: () => letters.discard(ID, { by, reason: 'of no use' }),
  restore: () => letters.restore(ID, by),
  task: async () => {
    // After that the task waits for outcomes, forever while no worker runs.
    const settling = new Promise((resolve) => {
      redriveTaskChanged.subscribe((task) => task.state === 'settling' && resolve(task));
    });
    const engine = new RedriveEngine(letters, 1_000);
    const { id } = await engine.start({ by, canary: 0, rate: 1_000 });
    await Promise.race([settling, engine.run(id)]);
  },
};

await redis.ping();
dieBefore(Number(DIES_BEFORE));
await OPERATIONS[OPERATION!]!();
console.log('done');
process.exit(0);

/**
 * Kills the process before its n-th round trip to Redis: all earlier ones have been answered, and
 * nothing else reaches Redis. A pipeline is one round trip.
 */
function dieBefore(n: number): void {
  const send = redis.sendCommand.bind(redis);
  const answers: Promise<unknown>[] = [];
  let pipeline: unknown;
  let trips = 0;
  redis.sendCommand = (command, stream) => {
    if (stream === undefined || stream !== pipeline) trips++;
    pipeline = stream;
    if (trips < n) {
      const answer = send(command, stream) as Promise<unknown>;
      answers.push(answer);
      return answer;
    }
    void Promise.allSettled(answers).then(() => process.kill(process.pid, 'SIGKILL'));
    return command.promise;
  };
}
