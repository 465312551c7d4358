import type { ExtractView } from '../../extracts/extract-view.js';
import type { ReportView, SafetyFindingView } from '../../extracts/report-view.js';
import { element, type DomNode } from './dom.js';

/** The one report on an extract: verdict, rows with reasons, statistics with their levels. */
export function reportNodes(extract: ExtractView): DomNode[] {
  const { extractId, registerId, records, version, destroyAfter, report } = extract;
  if (!report) return [];
  const accepted = report.verdict === 'accepted';
  const said = accepted
    ? `${records.toLocaleString('en')} records of ${registerId} are version ${version ?? 1} of the register on this project.`
      + ` They are destroyed on ${destroyAfter?.slice(0, 10) ?? 'a date that the project sets'}.`
    : 'Nothing of the extract was kept but this report.';
  return [
    element('p', { class: accepted ? 'verdict accepted' : 'verdict refused' }, accepted ? 'Accepted' : 'Refused'),
    element('p', {}, said),
    ...(report.code ? [element('p', {}, element('code', {}, report.code), ` ${report.detail ?? ''}`)] : []),
    ...rowsTable(report), ...safetyNodes(report),
    element('p', { class: 'quiet' }, 'Extract ', element('code', {}, extractId)),
  ];
}

function rowsTable({ rows }: ReportView): DomNode[] {
  if (rows.length === 0) return [];
  return [table('Rows that were refused', ['Row', 'Field', 'Reason'],
    rows.map(({ row, field, reason }) => [row === 0 ? 'header' : String(row), field ?? '', reason]))];
}

function safetyNodes({ safety }: ReportView): DomNode[] {
  if (!safety) return [];
  const segments = table('Segments of the filters', ['Segment', 'Judged as', 'Verdict'],
    safety.segments.map(({ name, declared, verdict }) => [name, declared, verdict]));
  if (safety.findings.length === 0) {
    return [segments, element('p', {}, 'No statistic of the filters is beyond its level.')];
  }
  return [segments, table('Statistics beyond their level',
    ['Of', 'Statistic', 'Value', 'Level', 'Verdict', 'Why'], safety.findings.map(findingCells))];
}

function findingCells({ of, statistic, value, beyond, level, verdict, why }: SafetyFindingView): string[] {
  return [of, statistic, String(value), `${beyond} ${level}`, verdict, why];
}

function table(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): DomNode {
  return element('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': caption }, element('table', {},
    element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...heads.map((head) => element('th', { scope: 'col' }, head)))),
    element('tbody', {}, ...rows.map((cells) =>
      element('tr', {}, ...cells.map((cell) => element('td', {}, cell)))))));
}
