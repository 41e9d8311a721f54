/** The data source that the reader has chosen. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

const labelValues = (name: string, label: string, selector: string): object => {
  const query = `label_values(${selector}, ${name})`;
  return {
    type: 'query',
    name,
    label,
    datasource: DATASOURCE,
    definition: query,
    query: { qryType: 1, query, refId: `variable-${name}` },
    multi: true,
    includeAll: true,
    // Otherwise Grafana would write every value into each query.
    allValue: '.*',
    current: { text: ['All'], value: ['$__all'] },
    options: [],
    refresh: 2,
    regex: '',
    sort: 1,
    hide: 0,
  };
};

/** The choices at the top of every dashboard. */
export const VARIABLES: readonly object[] = [
  {
    type: 'datasource',
    name: 'datasource',
    label: 'Data source',
    query: 'prometheus',
    options: [],
    multi: false,
    includeAll: false,
    refresh: 1,
    regex: '',
    hide: 0,
  },
  labelValues('service', 'Service', 'service_build_info'),
  labelValues('instance', 'Instance', 'service_build_info{service=~"$service"}'),
];
