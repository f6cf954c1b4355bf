import { describe, expect, it } from 'vitest';
import { isBad, type Report } from '../src/check/report.ts';
import { writeHtml } from '../src/check/reports/html.ts';
import { writeJUnit } from '../src/check/reports/junit.ts';
import { describeResult, writeSummary } from '../src/check/reports/terminal.ts';

const common = { curl: "curl -X GET 'http://x/v4' -d '<b>&'", received: '500 text/html\n<p>\u0000', durationMs: 12 };
const report: Report = {
  target: 'http://x/v4',
  mode: 'read-only',
  durationMs: 1_234,
  coverage: {
    operations: { seen: 1, of: 2, unseen: ['Logs_get'] },
    statuses: { seen: 1, of: 3, unseen: ['Logs_get 200', 'Logs_get 404'] },
    mediaTypes: { seen: 1, of: 3, unseen: ['Logs_get 200 <b>', 'Logs_get 404 application/json'] },
    parameters: { of: 3, both: 1, onlyKept: ['Logs_get path id'], onlyBroken: [], unseen: ['Logs_get query <page>'] },
    properties: {
      requests: { of: 1, both: 0, onlyKept: [], onlyBroken: ['ChatRequest.user'], unseen: [] },
      answers: { of: 2, both: 2, onlyKept: [], onlyBroken: [], unseen: [] },
    },
    rules: {
      requests: { type: { of: 1, both: 1, onlyKept: [], onlyBroken: [], unseen: [] } },
      answers: { enum: { of: 4, both: 1, onlyKept: ['ChatRole enum user'], onlyBroken: [], unseen: ['a', 'b'] } },
    },
  },
  expectedMissing: { Logs_get: 'not built yet' },
  results: [
    {
      ...common,
      operationId: 'Chats_create',
      title: 'refuses "a" & <b>',
      outcome: 'failed',
      problems: ['answered 500', 'x'],
    },
    { ...common, operationId: 'Chats_create', title: 'can be read', outcome: 'passed', problems: [] },
    { ...common, operationId: 'Logs_get', title: 'is there', outcome: 'missing', problems: [] },
    { ...common, operationId: 'Logs_list', title: 'is there', outcome: 'missing', problems: [] },
    { ...common, operationId: null, title: 'routes', outcome: 'skipped', problems: ['nothing to try'] },
  ],
};

describe('a report', () => {
  it('counts what is missing without a reason as bad', () => {
    expect(report.results.map((result) => isBad(report, result))).toEqual([true, false, false, true, false]);
  });

  it('is JUnit XML with a suite for each operation', () => {
    const text = writeJUnit(report);
    expect(text.match(/<testsuite /g)).toHaveLength(4);
    expect(text.match(/<failure /g)).toHaveLength(2);
    expect(text.match(/<skipped /g)).toHaveLength(2);
    expect(text).toContain('refuses &quot;a&quot; &amp; &lt;b&gt;');
    expect(text).not.toContain('\u0000');
  });

  it('is one page that loads nothing, with faults first and no markup of the server', () => {
    const text = writeHtml(report);
    expect(text).not.toMatch(/(?:src|href)=/);
    expect(text.indexOf('Chats_create')).toBeLessThan(text.indexOf('Routing'));
    expect(text).toContain('operations 1 of 2');
    expect(text).toContain('Logs_get 200 &lt;b&gt;');
    expect(text).toContain('Parameters: never met <span>1</span>');
    expect(text).toContain('Logs_get query &lt;page&gt;');
    expect(text).toContain('<th scope="row">enum in answers</th><td>4</td><td>1</td>');
    expect(text).toContain('&lt;p&gt;');
    expect(text).not.toContain('<p>\uFFFD');
  });

  it('ends with the request to repeat and the counts', () => {
    expect(writeSummary(report)).toContain(common.curl);
    expect(writeSummary(report)).toContain('1 passed, 1 failed, 2 missing, 1 skipped in 1.2 s');
    expect(writeSummary(report)).toContain('Seen: operations 1 of 2, statuses 1 of 3, media types 1 of 3');
    expect(writeSummary(report)).toMatch(
      /of 4 rules of answers +1 kept and broken +1 only kept +0 only broken +2 never/,
    );
    expect(report.results.map(describeResult).filter((line) => line === null)).toHaveLength(1);
  });
});
