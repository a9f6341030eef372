// What a provisioned dashboard of ours is, in the words of Grafana's own types.
import type { AnnotationQuery, DashboardLink, DataQuery, FieldConfig, GridPos, MatcherConfig } from '@grafana/schema';
import type { Dashboard, DataTransformerConfig, RowPanel, VariableModel } from '@grafana/schema';
import type * as BarGauge from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as Gauge from '@grafana/schema/dist/esm/raw/composable/gauge/panelcfg/x/GaugePanelCfg_types.gen';
import type * as Heatmap from '@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen';
import type * as Stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as States from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type * as Table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as TimeSeries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** JSON holds an enum's values, not its members. */
type Json<T> = T extends string ? `${T}` : T extends (infer U)[] ? Json<U>[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T;

/** The data source's query; its package is not for others to depend on, so the fields stand here. */
interface PrometheusQuery extends DataQuery {
  datasource: { type: 'prometheus'; uid: '${datasource}' };
  expr: string;
  format?: 'time_series' | 'table' | 'heatmap';
  instant: boolean;
  range: boolean;
  legendFormat?: string;
}

interface Shown<Type extends string, Options, Custom> {
  type: Type;
  id: number;
  title: string;
  description: string;
  datasource: { type: 'prometheus'; uid: '${datasource}' };
  gridPos: GridPos;
  transparent?: boolean;
  options: Options;
  targets: PrometheusQuery[];
  transformations?: DataTransformerConfig[];
  fieldConfig: {
    defaults: Omit<FieldConfig, 'custom'> & { unit: string; custom?: Custom };
    overrides: { matcher: MatcherConfig; properties: { id: string; value?: unknown }[] }[];
  };
}

/** Gauges gained options since 11; a server fills in those that are missing. */
type Panel =
  | Shown<'bargauge', BarGauge.Options, never>
  | Shown<'gauge', Partial<Gauge.Options>, never>
  | Shown<'heatmap', Heatmap.Options, Heatmap.FieldConfig>
  | Shown<'stat', Stat.Options, never>
  | Shown<'state-timeline', States.Options, States.FieldConfig>
  | Shown<'table', Table.Options, Table.FieldConfig>
  | Shown<'timeseries', TimeSeries.Options, TimeSeries.FieldConfig>;

/** What Grafana's Prometheus data source reads beside the fields that every annotation has. */
interface Annotation extends AnnotationQuery<PrometheusQuery> {
  step?: string;
  tagKeys?: string;
  textFormat?: string;
  titleFormat?: string;
  useValueForTime?: boolean;
}

/** The Prometheus data source keeps the text of a variable's query here as well. */
interface Variable extends VariableModel {
  definition?: string;
}

interface Page extends Omit<Dashboard, 'annotations' | 'id' | 'links' | 'panels' | 'templating'> {
  id: null;
  uid: string;
  title: string;
  description: string;
  schemaVersion: 39;
  editable: false;
  links: DashboardLink[];
  annotations: { list: Annotation[] };
  templating: { list: Variable[] };
  panels: (Panel | (Omit<RowPanel, 'panels'> & { panels: Panel[] }))[];
}

export type DashboardFile = Json<Page>;
