import { burnRateRules } from '@loyalnest/observability/slo';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { OBJECTIVES } from './objectives.ts';

const HEAD = `# Generated from tools/generated/prometheus/objectives.ts: npm run generate
`;
const RUNBOOK = 'docs/runbooks/alerts.md#errorbudgetburn';

/** The text of `deploy/prometheus/rules/objectives.rules.yml`. */
export async function objectivesRules(root: string): Promise<string> {
  const rules = burnRateRules(OBJECTIVES, { runbook: RUNBOOK });
  const yaml = stringify(rules, { aliasDuplicateObjects: false, lineWidth: 0 });
  const style = await resolveConfig(`${root}/package.json`);
  return format(`${HEAD}${yaml}`, { ...style, parser: 'yaml' });
}
