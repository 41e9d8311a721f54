import type { PanelSource, Thresholds } from '../dashboard-source.ts';

/** How Grafana shows the values of a panel. */
export function fieldConfigOf(panel: PanelSource): object {
  const { unit, warn, whenEmpty, details } = panel;
  return {
    defaults: {
      unit,
      // Otherwise the scale fits the data, and a share of 0.4 % looks alarming.
      ...(panel.kind !== 'table' && { min: 0 }),
      ...(whenEmpty !== undefined && { noValue: whenEmpty }),
      color: { mode: panel.kind === 'timeseries' ? 'palette-classic' : 'thresholds' },
      thresholds: { mode: 'absolute', steps: stepsOf(warn) },
      ...(panel.kind === 'timeseries' && { custom: lineOf(panel.stack === true, warn) }),
      ...(details !== undefined && { links: [linkTo(details)] }),
    },
    overrides:
      panel.kind === 'table'
        ? panel.columns.map(({ heading, unit: of }) => ({
            matcher: { id: 'byName', options: heading },
            properties: [{ id: 'unit', value: of }],
          }))
        : [],
  };
}

function lineOf(isStacked: boolean, warn: Thresholds | undefined): object {
  return {
    drawStyle: 'line',
    lineInterpolation: 'linear',
    lineWidth: 1,
    fillOpacity: isStacked ? 30 : 5,
    showPoints: 'auto',
    spanNulls: false,
    stacking: { mode: isStacked ? 'normal' : 'none', group: 'A' },
    thresholdsStyle: { mode: warn ? 'dashed' : 'off' },
  };
}

interface Step {
  readonly color: string;
  readonly value: number | null;
}

function stepsOf(warn: Thresholds | undefined): readonly Step[] {
  if (!warn) return [{ color: 'blue', value: null }];
  if ('redBelow' in warn) {
    return [
      { color: 'red', value: null },
      { color: 'green', value: warn.redBelow },
    ];
  }
  return [
    { color: 'green', value: null },
    ...(warn.yellow === undefined ? [] : [{ color: 'yellow', value: warn.yellow }]),
    { color: 'red', value: warn.red },
  ];
}

function linkTo(uid: string): object {
  const url = `/d/${uid}?\${__url_time_range}&\${datasource:queryparam}&\${service:queryparam}`;
  return { title: 'Details', url, targetBlank: false };
}
