import { diagnostics } from '@loyalnest/core';
import type { RedriveTask } from './redrive-task.js';

/** Published after each change of a redrive task's state. */
export const redriveTaskChanged = diagnostics<RedriveTask>('loyalnest:queue:redrive-task');
