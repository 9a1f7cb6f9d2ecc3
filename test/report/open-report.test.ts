import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openReport, type ReportOptions } from '../../src/report/open-report.js';
import { failingEvents, sampleEvents } from './sample-events.js';

function optionsFor(parts: Partial<ReportOptions>): { readonly options: ReportOptions; readonly text: () => string } {
  let text = '';
  const options: ReportOptions = {
    logFormat: 'auto',
    isQuiet: false,
    hasTimestamps: true,
    traceLevel: 0,
    isTerminal: false,
    columns: () => 80,
    nowMs: () => 0,
    write: (part) => {
      text += part;
    },
    ...parts,
  };
  return { options, text: () => text };
}

function scratchDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'report-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

test('without a terminal the lines begin with the time in UTC', async () => {
  const { options, text } = optionsFor({});
  const report = openReport(options);
  report.take(sampleEvents[0] as never);
  report.take(sampleEvents[4] as never);
  await report.close();
  report.take(sampleEvents[4] as never);
  assert.equal(
    text(),
    '1970-01-01 00:00:00.000 | diskimage-builder 1.2.3: qcow2\n' +
      '1970-01-01 00:00:00.000 | Building elements: base vm\n' +
      '1970-01-01 00:00:00.004 | Setting up bash (5.2) ...\n',
  );
});

test('without timestamps an output line is printed as it is', async () => {
  const { options, text } = optionsFor({ hasTimestamps: false });
  const report = openReport(options);
  report.take({ kind: 'output', atMs: 1, stream: 'stderr', source: 'x', text: '+ set +o xtrace \u001b[1m' });
  await report.close();
  assert.equal(text(), '+ set +o xtrace \u001b[1m\n');
});

test('json is one event a line, even when quiet', async () => {
  const { options, text } = optionsFor({ logFormat: 'json', isQuiet: true });
  const report = openReport(options);
  for (const event of sampleEvents) report.take(event);
  await report.close();
  assert.deepEqual(
    text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    sampleEvents,
  );
});

test('a quiet build says where its log goes, and the log has every line with its time', async (context) => {
  const logPath = join(scratchDirectory(context), 'build.log');
  const { options, text } = optionsFor({ logPath, isQuiet: true, hasTimestamps: false });
  const report = openReport(options);
  for (const event of failingEvents) report.take(event);
  const beforeClose = readFileSync(logPath, 'utf8');
  await report.close();
  assert.equal(text(), `Output logs going to: ${logPath}\n`);
  assert.equal(readFileSync(logPath, 'utf8'), beforeClose);
  const lines = beforeClose.split('\n');
  assert.equal(lines.length, 12);
  assert.equal(lines[6], '1970-01-01 00:00:00.003 | curl: (6) Could not resolve host');
});

test('secrets appear in no view and not in the summary', async (context) => {
  const logPath = join(scratchDirectory(context), 'build.log');
  const { options, text } = optionsFor({ logPath, logFormat: 'json', secrets: ['resolve'] });
  const report = openReport(options);
  for (const event of failingEvents) report.take(event);
  await report.close();
  for (const shown of [text(), readFileSync(logPath, 'utf8'), JSON.stringify(report.summary())]) {
    assert.equal(shown.includes('resolve'), false);
    assert.equal(shown.includes('curl: (6) Could not *** host'), true);
  }
});

test('auto on a terminal gives the live view, and a terminal that is not wanted gives lines', async () => {
  const live = optionsFor({ isTerminal: true, repeat: () => () => undefined });
  const report = openReport(live.options);
  for (const event of sampleEvents) report.take(event);
  await report.close();
  assert.equal(live.text().includes('\u001b[?25l'), true);
  assert.equal(live.text().endsWith('\u001b[?25h'), true);
  const plain = optionsFor({ isTerminal: true, logFormat: 'plain' });
  const other = openReport(plain.options);
  for (const event of sampleEvents) other.take(event);
  await other.close();
  assert.equal(plain.text().includes('\u001b'), false);
});

test('a log that cannot be written is warned of once and the build goes on', async (context) => {
  const { options, text } = optionsFor({ logPath: '/dev/full', hasTimestamps: false });
  try {
    openReport({ ...options, write: () => undefined });
  } catch {
    context.skip('needs /dev/full');
    return;
  }
  const report = openReport(options);
  for (const event of sampleEvents.slice(0, 3)) report.take(event);
  await report.close();
  assert.equal(
    text(),
    'Output logs going to: /dev/full\n' +
      'diskimage-builder 1.2.3: qcow2\n' +
      'Building elements: base vm\n' +
      'warning: the log file /dev/full is incomplete: ENOSPC: no space left on device, write\n' +
      'Step 1 of 2: install\n' +
      'Phase install: 2 hooks in the target\n',
  );
});
