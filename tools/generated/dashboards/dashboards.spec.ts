import { DASHBOARDS } from './dashboards.js';
import { dashboardJson } from './grafana/dashboard-json.js';

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: Place;
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly { readonly name: string }[] };
  readonly panels: readonly Panel[];
}

const COLUMNS = 24;
/** Grafana's built-in variables, which no dashboard declares. */
const BUILT_IN = ['__rate_interval', '__url_time_range', '__all'];
/** The prefixes of our metrics. */
const METRIC = /\b(?:loyalnest|http|nodejs|process|service)_\w+/g;

const uids = Object.values(DASHBOARDS).map(({ uid }) => uid);

describe.each(Object.entries(DASHBOARDS))('%s', (_, source) => {
  const text = dashboardJson(source);
  const dashboard = JSON.parse(text) as Dashboard;
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');
  const targets = panels.flatMap(({ targets: all = [] }) => all);

  it('gives each panel and each of its queries a unique id', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { title, targets: own = [] } of panels) {
      const refs = own.map(({ refId }) => refId);
      expect({ title, refs }).toEqual({ title, refs: [...'ABCDEFGH'].slice(0, own.length) });
      expect(refs.length).toBeGreaterThan(0);
      for (const { expr } of own) expect(expr.trim()).not.toBe('');
    }
  });

  it('fills the grid from the top, without gaps or overlaps', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(x).toBeLessThan(COLUMNS);
          expect([title, taken.get(`${x} ${y}`)]).toEqual([title, undefined]);
          taken.set(`${x} ${y}`, title);
        }
      }
    }
    const height = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => y + h));
    expect(taken.size).toBe(height * COLUMNS);
  });

  it('declares exactly the variables that it uses', () => {
    const declared = dashboard.templating.list.map(({ name }) => name);
    const used = [...text.matchAll(/\$(?:\{)?([a-z_]\w*)/g)].map(([, name]) => name!);
    expect(new Set(used.filter((name) => !BUILT_IN.includes(name)))).toEqual(new Set(declared));
  });

  it('uses only the data source that the reader has chosen', () => {
    const named = [...text.matchAll(/"type": "prometheus",\s+"uid": "([^"]+)"/g)];
    expect(new Set(named.map(([, uid]) => uid))).toEqual(new Set(['${datasource}']));
    expect(named.length).toBeGreaterThan(panels.length);
  });

  it('filters every selector by the chosen services and instances', () => {
    for (const { expr } of targets) {
      const selectors = [...expr.matchAll(/\w\{[^}]*\}/g)].map(([selector]) => selector);
      expect(selectors).not.toEqual([]);
      for (const selector of selectors) {
        expect(selector).toContain('service=~"$service"');
        expect(selector).toContain('instance=~"$instance"');
      }
      const names = expr
        .replaceAll(/\{[^}]*\}/g, '{}')
        .replaceAll(/"[^"]*"/g, '')
        .replaceAll(/\b(by|on|group_left) \([^)]*\)/g, '');
      const bare = [...names.matchAll(METRIC)].filter(
        ({ 0: name, index }) => names[index + name.length] !== '{',
      );
      expect({ expr, bare }).toEqual({ expr, bare: [] });
    }
  });

  it('asks a question in every panel', () => {
    const silent = panels.filter(({ description = '' }) => !/\?( |$)/.test(description));
    expect(silent.map(({ title }) => title)).toEqual([]);
  });

  it('links only to existing dashboards', () => {
    expect(uids.filter((uid) => uid === dashboard.uid)).toHaveLength(1);
    for (const [, uid] of text.matchAll(/\/d\/([\w-]+)/g)) expect(uids).toContain(uid);
  });
});
