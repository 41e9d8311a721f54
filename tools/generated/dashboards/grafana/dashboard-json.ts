import type { DashboardSource } from '../dashboard-source.ts';
import { layOut } from './layout.ts';
import { panelOf } from './panel.ts';
import { VARIABLES } from './variables.ts';

/** The schema of Grafana 12.3. Older versions can show it; newer ones migrate it. */
const SCHEMA_VERSION = 42;
/** The dashboards link to each other by this tag. */
const TAG = 'loyalnest';

/** The JSON text of a dashboard, ready to import into Grafana. */
export function dashboardJson(source: DashboardSource): string {
  const { uid, title, description } = source;
  const dashboard = {
    uid,
    title,
    description,
    tags: [TAG],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    graphTooltip: 1,
    timezone: 'browser',
    time: { from: 'now-1h', to: 'now' },
    refresh: '30s',
    links: [linkToOthers()],
    templating: { list: VARIABLES },
    panels: panelsOf(source),
  };
  return `${JSON.stringify(dashboard, undefined, 2)}\n`;
}

function linkToOthers(): object {
  return {
    type: 'dashboards',
    title: 'LoyalNest',
    tags: [TAG],
    asDropdown: false,
    includeVars: true,
    keepTime: true,
    targetBlank: false,
    icon: 'external link',
    tooltip: '',
    url: '',
  };
}

function panelsOf({ rows }: DashboardSource): readonly object[] {
  const all: object[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    const id = all.length + 1;
    all.push({
      id,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: 24, h: 1 },
      panels: [],
    });
    const places = layOut(panels, y + 1);
    panels.forEach((panel, i) => all.push(panelOf(panel, id + 1 + i, places[i]!)));
    y = Math.max(...places.map((place) => place.y + place.h));
  }
  return all;
}
