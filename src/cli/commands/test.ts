import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { BuildError, hasErrorCode } from '../../base/build-error.js';
import { formatDuration } from '../../base/units.js';
import { runOwnProgram } from '../../build/run-own-program.js';
import { findElements } from '../../elements/find-elements.js';
import { type ChosenTest, chooseTests } from '../../harness/choose-tests.js';
import type { ElementTest } from '../../harness/element-test.js';
import { findElementTests } from '../../harness/find-element-tests.js';
import { formatJunit, type TestReport } from '../../harness/format-junit.js';
import { judgeTest } from '../../harness/judge-test.js';
import { parseAvailableBytes } from '../../harness/parse-available-bytes.js';
import { buildMemoryBytes, type Job, runJobs } from '../../harness/run-jobs.js';
import { defineTest, sentinelName, temporaryDirectoryOf } from '../../harness/test-definition.js';
import { startReaper } from '../../process/reaper.js';
import { formatTimestamp } from '../../report/format-timestamp.js';
import { absolutePath } from '../../request/absolute-path.js';
import type { Invocation } from '../command-row.js';
import { elementDirectoriesOf } from '../element-directories.js';
import { parseCommandLine } from '../parse-command-line.js';
import { readCount } from '../read-count.js';
import { showHelp } from '../show-help.js';
import type { World } from '../world.js';

/** `dib test`: builds the functional tests of elements and judges each build. */
export async function runTestCommand(invocation: Invocation): Promise<number> {
  const { world } = invocation;
  const line = parseCommandLine({
    row: invocation.row,
    arguments: invocation.arguments,
    count: { minimum: 0 },
    environment: world.environment,
  });
  if (line.has('help')) return showHelp(invocation);
  const found = await findElements(elementDirectoriesOf(world));
  const tests = await findElementTests(found.values());
  const chosen = chooseTests({ tests, words: line.operands, machine: world.machine });
  if (line.has('list')) {
    for (const { test, skipReason } of chosen)
      world.writeOut(`${test.id} ${skipReason === undefined ? '[run]' : `[skip] ${skipReason}`}\n`);
    return 0;
  }
  const placeOf = (option: string): string | undefined => {
    const path = line.value(option);
    return path === undefined ? undefined : absolutePath(path, world);
  };
  const logDirectory = placeOf('logs');
  const junitPath = placeOf('junit');
  const reports = await runTests({
    chosen,
    world,
    maximumJobs: Math.min(readCount(line.value('jobs'), '--jobs') ?? 1, world.cpuCount),
    keepsOutput: line.has('keep'),
    keepsGoing: line.has('keepGoing'),
    hasTimes: line.has('timestamps'),
    ...(logDirectory === undefined ? {} : { logDirectory }),
  });
  if (junitPath !== undefined) await writeReport(junitPath, formatJunit(reports.list));
  if (reports.isInterrupted) return 130;
  return reports.list.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

/** What the runs have in common. */
interface TestRun {
  readonly chosen: readonly ChosenTest[];
  readonly world: World;
  readonly maximumJobs: number;
  readonly keepsOutput: boolean;
  readonly keepsGoing: boolean;
  readonly hasTimes: boolean;
  /** Absolute. */
  readonly logDirectory?: string;
}

interface TestJob extends Job {
  readonly test: ElementTest;
}

async function runTests(
  run: TestRun,
): Promise<{ readonly list: readonly TestReport[]; readonly isInterrupted: boolean }> {
  const { world } = run;
  const { clock } = await world.openPorts();
  const say = (text: string): void =>
    world.writeOut(`${run.hasTimes ? `${formatTimestamp(clock.nowMs())} ` : ''}${text}\n`);
  const stop = new AbortController();
  world.onStopSignal(() => stop.abort());
  const jobs = run.chosen
    .filter(({ skipReason }) => skipReason === undefined)
    .map(({ test }): TestJob => ({ name: test.id, memoryBytes: buildMemoryBytes, test }));
  const parent = absolutePath(world.environment.TMPDIR || '/tmp', world);
  const directory = await mkdtemp(join(parent, 'dib-test-'));
  const reaper = run.keepsOutput
    ? undefined
    : startReaper({ directory, prefix: [], environment: { PATH: world.environment.PATH ?? '' } });
  if (run.logDirectory !== undefined) await mkdir(run.logDirectory, { recursive: true });
  let results: ReadonlyMap<TestJob, TestReport>;
  try {
    results = await runJobs({
      jobs,
      maximumJobs: run.maximumJobs,
      availableBytes: async () => parseAvailableBytes(await readFile('/proc/meminfo', 'utf8').catch(() => '')),
      run: async ({ test }) => {
        say(`start ${test.id}`);
        const report = await runTest({ test, run, directory, signal: stop.signal, nowMs: clock.monotonicMs });
        say(
          `${report.outcome === 'passed' ? 'PASS' : 'FAIL'} ${test.id} after ${formatDuration(report.durationMs)}: ${report.because}`,
        );
        return report;
      },
      stopsAfter: ({ outcome }) => stop.signal.aborted || (outcome === 'failed' && !run.keepsGoing),
    });
  } finally {
    if (reaper === undefined) say(`kept ${directory}`);
    else await reaper.reap();
  }
  const list = run.chosen.map(({ test, skipReason }) => {
    const job = jobs.find((candidate) => candidate.test === test);
    const report = job === undefined ? undefined : results.get(job);
    return (
      report ?? skippedReport(test, skipReason ?? (stop.signal.aborted ? 'stopped' : 'not started after a failure'))
    );
  });
  say(summarise(list));
  return { list, isInterrupted: stop.signal.aborted };
}

/** How many of the last lines a report keeps. */
const keptLineCount = 40;

async function runTest(options: {
  readonly test: ElementTest;
  readonly run: TestRun;
  /** Absolute, of all tests. */
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
}): Promise<TestReport> {
  const { test, run, signal } = options;
  const { world } = run;
  const name = `${test.element}_${test.name}`;
  const directory = join(options.directory, name);
  await mkdir(temporaryDirectoryOf(directory), { recursive: true });
  const logPath = run.logDirectory === undefined ? undefined : join(run.logDirectory, `${name}.log`);
  if (logPath !== undefined) await rm(logPath, { force: true });
  const definition = defineTest(
    test,
    { directory, ...(logPath === undefined ? {} : { logPath }) },
    world.environment.ELEMENTS_PATH ?? '',
  );
  const definitionPath = join(directory, 'image.yaml');
  await writeFile(definitionPath, stringify(definition));
  const lastLines: string[] = [];
  const startMs = options.nowMs();
  const { exitStatus } = await runOwnProgram({
    programName: 'diskimage-builder',
    arguments: [definitionPath],
    environment: world.environment,
    workingDirectory: directory,
    nodePath: world.nodePath,
    onLine: (text, stream) => {
      lastLines.push(text);
      if (lastLines.length > keptLineCount) lastLines.shift();
      (stream === 'stdout' ? world.writeOut : world.writeError)(`[${test.id}] ${text}\n`);
    },
    signal,
  });
  const outputs = await readdir(directory);
  const verdict = signal.aborted
    ? ({ outcome: 'failed', because: 'stopped' } as const)
    : judgeTest(test, { exitStatus, hasSentinel: outputs.includes(sentinelName), outputs });
  if (logPath !== undefined) await nameLog(logPath, verdict.outcome === 'passed' ? 'PASS' : 'FAIL');
  if (!run.keepsOutput) await rm(directory, { recursive: true, force: true });
  return { element: test.element, name: test.name, ...verdict, durationMs: options.nowMs() - startMs, lastLines };
}

/** `x.log` becomes `x.PASS.log` or `x.FAIL.log`; a build that was refused before its start has written none. */
async function nameLog(path: string, result: string): Promise<void> {
  const named = path.replace(/\.log$/, `.${result}.log`);
  await rename(path, named).catch((error: unknown) => {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  });
}

function skippedReport(test: ElementTest, because: string): TestReport {
  return { element: test.element, name: test.name, outcome: 'skipped', because, durationMs: 0, lastLines: [] };
}

function summarise(reports: readonly TestReport[]): string {
  const count = (outcome: TestReport['outcome']): number =>
    reports.filter((report) => report.outcome === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}

async function writeReport(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT') && !hasErrorCode(error, 'EACCES')) throw error;
    throw new BuildError({
      code: 'OUTPUT_UNWRITABLE',
      message: `cannot write ${path}`,
      hint: `mkdir -p ${dirname(path)}`,
      cause: error,
    });
  }
}
