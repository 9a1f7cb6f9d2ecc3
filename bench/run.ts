import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release as kernelRelease, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { packageDirectory } from '../src/base/assets.js';
import { findArchives } from './archives.js';
import { type CachingProxy, openCachingProxy } from './caching-proxy.js';
import type { BenchCase, BenchContext } from './case.js';
import { cold } from './cases/cold.js';
import { disk } from './cases/disk.js';
import { layering } from './cases/layering.js';
import { overhead } from './cases/overhead.js';
import { pip } from './cases/pip.js';
import { plan } from './cases/plan.js';
import { six } from './cases/six.js';
import { vm } from './cases/vm.js';
import { warm } from './cases/warm.js';
import { readOptions, usage } from './read-options.js';
import { type CaseReport, computeRatios, formatReport } from './report.js';
import { stopRunningCommands } from './timed-run.js';

const allCases: readonly BenchCase[] = [plan, overhead, disk, cold, vm, layering, warm, pip, six];

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help')) {
    process.stdout.write(usage);
    return 0;
  }
  const options = readOptions(
    words,
    allCases.map(({ name }) => name),
  );
  const scratchDirectory = mkdtempSync(join(tmpdir(), 'dib-bench-'));
  const machine = describeMachine();
  process.stdout.write(`${Object.values(machine).join(' · ')}\n\n`);
  let opened: Promise<CachingProxy> | undefined;
  const openArchives: BenchContext['openArchives'] = async () => {
    opened ??= openCachingProxy({ directory: join(scratchDirectory, 'archive') });
    return { archives: findArchives(process.env), proxy: await opened };
  };
  const cleanUp = (): void => rmSync(scratchDirectory, { recursive: true, force: true });
  for (const [signal, exitStatus] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => {
      stopRunningCommands();
      cleanUp();
      process.exit(exitStatus);
    });

  const reports: CaseReport[] = [];
  const failures: string[] = [];
  try {
    for (const name of options.caseNames) {
      const benchCase = allCases.find((candidate) => candidate.name === name);
      if (benchCase === undefined) continue;
      try {
        const report = await benchCase.run({
          ...options,
          scratchDirectory,
          openArchives,
          say: (text) => process.stderr.write(`${name}: ${text}\n`),
          earlierReports: [...reports],
        });
        reports.push(report);
        process.stdout.write(`${formatReport(report)}\n`);
      } catch (error) {
        failures.push(`${name}: ${(error as Error).message}`);
        process.stderr.write(`${name} failed: ${(error as Error).stack}\n`);
      }
    }
  } finally {
    await (await opened)?.close();
    cleanUp();
  }
  mkdirSync(join(packageDirectory, 'out'), { recursive: true });
  const cases = reports.map((report) => ({ ...report, ratios: computeRatios(report) }));
  writeFileSync(
    join(packageDirectory, 'out/bench.json'),
    `${JSON.stringify({ machine, options, cases, failures }, undefined, 2)}\n`,
  );
  process.stdout.write('written: out/bench.json\n');
  for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

/** What a reader needs to judge the numbers. */
function describeMachine(): Readonly<Record<string, string>> {
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  return {
    date: new Date().toISOString().slice(0, 16),
    processors: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${system}, Linux ${kernelRelease()}`,
    node: `Node ${process.versions.node}`,
    commit: `commit ${commitOf(packageDirectory)}`,
    load: `load ${loadavg()
      .map((value) => value.toFixed(1))
      .join(' ')}`,
  };
}

function commitOf(directory: string): string {
  try {
    return execFileSync('git', ['-C', directory, 'rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown (no git checkout)';
  }
}

main(process.argv.slice(2)).then(
  (exitStatus) => {
    process.exitCode = exitStatus;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  },
);
