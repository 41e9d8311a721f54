import type { ColumnSource, PanelSource, QuerySource, TableSource } from '../dashboard-source.ts';
import { fieldConfigOf } from './field-config.ts';
import type { GridPos } from './layout.ts';
import { DATASOURCE } from './variables.ts';

export function panelOf(panel: PanelSource, id: number, gridPos: GridPos): object {
  const { kind, title, question } = panel;
  return {
    id,
    type: kind,
    title,
    description: question,
    datasource: DATASOURCE,
    gridPos,
    targets: targetsOf(panel),
    fieldConfig: fieldConfigOf(panel),
    options: optionsOf(panel),
    ...(panel.kind === 'table' && { transformations: transformationsOf(panel) }),
  };
}

function targetsOf(panel: PanelSource): readonly object[] {
  if (panel.kind === 'table') {
    return panel.columns.map(({ expr }, i) => ({
      ...targetOf(expr, i),
      instant: true,
      range: false,
      format: 'table',
    }));
  }
  const isGraph = panel.kind === 'timeseries';
  return panel.queries.map((query, i) => ({
    ...targetOf(exprOf(query), i),
    legendFormat: query.legend,
    instant: !isGraph,
    range: isGraph,
    ...(query.exemplars && { exemplar: true }),
  }));
}

function targetOf(expr: string, i: number): object {
  return { refId: refIdOf(i), datasource: DATASOURCE, editorMode: 'code', expr };
}

const refIdOf = (i: number): string => String.fromCodePoint('A'.codePointAt(0)! + i);

/** The query that Prometheus receives, before Grafana replaces its variables. */
function exprOf({ expr, orZero }: QuerySource): string {
  return orZero ? `${expr} or vector(0)` : expr;
}

function optionsOf({ kind }: PanelSource): object {
  const now = { calcs: ['lastNotNull'], fields: '', values: false };
  switch (kind) {
    case 'timeseries':
      return {
        legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
        tooltip: { mode: 'multi', sort: 'desc' },
      };
    case 'stat':
      return {
        reduceOptions: now,
        colorMode: 'background',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        textMode: 'auto',
        wideLayout: true,
      };
    case 'bargauge':
      return {
        reduceOptions: now,
        displayMode: 'basic',
        orientation: 'horizontal',
        valueMode: 'color',
        namePlacement: 'auto',
        showUnfilled: true,
      };
    case 'table':
      return { showHeader: true, cellHeight: 'sm' };
  }
}

/** Merges the queries into one line per combination of labels: labels first, then the columns. */
function transformationsOf({ labels, columns }: TableSource): readonly object[] {
  const headings = [...Object.entries(labels), ...columns.map(valueColumn(columns.length))];
  return [
    { id: 'merge', options: {} },
    {
      id: 'filterFieldsByName',
      options: { include: { names: headings.map(([name]) => name) } },
    },
    {
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(headings.map(([name], i) => [name, i])),
        renameByName: Object.fromEntries(headings),
      },
    },
  ];
}

/** Grafana's name for the value of a query; it omits the letter if there is only one query. */
const valueColumn =
  (count: number) =>
  ({ heading }: ColumnSource, i: number): readonly [string, string] => [
    count === 1 ? 'Value' : `Value #${refIdOf(i)}`,
    heading,
  ];
