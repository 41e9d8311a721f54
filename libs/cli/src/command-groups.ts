import type { CommandGroup } from './command/command-group.js';
import { auditGroup } from './groups/audit/audit.group.js';
import { deadLettersGroup } from './groups/dead-letters/dead-letters.group.js';
import { doctorGroup } from './groups/doctor/doctor.group.js';
import { queuesGroup } from './groups/queues/queues.group.js';
import { redriveGroup } from './groups/redrive/redrive.group.js';
import { topGroup } from './groups/top/top.group.js';

/** Every command group, in the order of `loyalnest --help`. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  queuesGroup,
  topGroup,
  deadLettersGroup,
  redriveGroup,
  auditGroup,
  doctorGroup,
];
