import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { basename, join } from 'node:path';
import type { BenchCase, BenchContext } from '../case.js';
import { builderEnvironment, oursProgram } from '../contestants/ours.js';
import { writeHook } from '../made-elements.js';
import { findFailure } from '../measure-builds.js';
import { runTimed } from '../timed-run.js';

const timeoutMs = 15 * 60_000;
const packageCount = 8;
/** Of random bytes, so that it stays this large when packed. */
const packageBytes = 4 << 20;
const installHook = '60-pip-install';

/** What a hook that installs Python packages from source takes with an empty and with a filled cache of `pip-cache`. */
export const pip: BenchCase = {
  name: 'pip',
  run: async (context) => {
    const directory = mkdtempSync(join(context.scratchDirectory, 'pip-'));
    const index = await serveIndex(join(directory, 'index'));
    try {
      const build = (what: string): Promise<PipRun> => buildOnce(context, { directory, index, what });
      await build('unmeasured: the base image');
      const cold: PipRun[] = [];
      const warm: PipRun[] = [];
      for (let round = 1; round <= context.rounds; round += 1) {
        rmSync(join(directory, 'cache/pip-store'), { recursive: true, force: true });
        cold.push(await build(`round ${round}: cold`));
        warm.push(await build(`round ${round}: warm`));
      }
      const measurementOf = (name: string, runs: readonly PipRun[]) => ({
        name,
        unit: 's' as const,
        values: runs.map(({ hookSeconds }) => hookSeconds),
        loads: runs.map(({ loadBefore }) => loadBefore),
      });
      return {
        name: 'pip',
        title: `pip install of ${packageCount} source packages of ${packageBytes >> 20} MiB in an image (${context.release}), the time of the hook`,
        measurements: [measurementOf('cold pip cache', cold), measurementOf('warm pip cache', warm)],
        comparisons: [{ ours: 'warm pip cache', theirs: 'cold pip cache' }],
        limits: [],
        notes: [
          'the index is on the loopback interface, so that downloads cost next to nothing: what is saved is mostly building',
          `packages downloaded in cold builds: ${sum(cold)}, in warm builds: ${sum(warm)} (0 is expected)`,
        ],
      };
    } finally {
      index.server.close();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

interface PipRun {
  readonly hookSeconds: number;
  readonly loadBefore: number;
  readonly downloads: number;
}

interface PackageIndex {
  readonly server: Server;
  readonly url: string;
  readonly countDownloads: () => number;
}

async function buildOnce(
  context: BenchContext,
  { directory, index, what }: { readonly directory: string; readonly index: PackageIndex; readonly what: string },
): Promise<PipRun> {
  const elementsDirectory = join(directory, 'elements');
  const { archives, proxy } = await context.openArchives();
  writePipElement(elementsDirectory, what);
  const logPath = join(directory, 'bench.log');
  const before = index.countDownloads();
  const run = await runTimed({
    command: {
      arguments: [
        oursProgram,
        // All but the hook that is measured, whose text is another one in each build, comes from layers.
        '--cache=on',
        ...['--log-format', 'json', '-n', '-t', 'tar', '-o', join(directory, 'image'), 'debian-minimal', 'pip-bench'],
      ],
      environment: {
        ...builderEnvironment({
          directory,
          release: context.release,
          elements: [],
          archives,
          proxyUrl: proxy.url,
          packageNames: [],
        }),
        no_proxy: '127.0.0.1',
        ELEMENTS_PATH: elementsDirectory,
        DIB_PYPI_MIRROR_URL: `${index.url}/simple/`,
        DIB_NO_PYPI_PIP: '1',
      },
      workingDirectory: directory,
    },
    logPath,
    timeoutMs,
  });
  const log = readFileSync(logPath, 'utf8');
  if (run.exitStatus !== 0) throw new Error(`${what} failed: ${findFailure(log)}`);
  const hookSeconds = readHookSeconds(log);
  context.say(`${what} ${hookSeconds.toFixed(2)} s, load before ${run.loadBefore.toFixed(1)}`);
  return { hookSeconds, loadBefore: run.loadBefore, downloads: index.countDownloads() - before };
}

/** The time of the measured hook, from the events of a build. */
function readHookSeconds(log: string): number {
  for (const line of log.split('\n')) {
    if (!line.startsWith('{') || !line.includes('"hook-finished"') || !line.includes(installHook)) continue;
    const { durationMs, outcome } = JSON.parse(line) as { readonly durationMs: number; readonly outcome: string };
    if (outcome !== 'done') throw new Error(`the hook ${installHook} did not run: ${outcome}`);
    return durationMs / 1000;
  }
  throw new Error(`the log has no end of the hook ${installHook}`);
}

/** An element that installs the packages; its text differs in each build, so that no layer stands in for it. */
function writePipElement(elementsDirectory: string, what: string): void {
  const directory = join(elementsDirectory, 'pip-bench');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'element-deps'), 'pip-and-virtualenv\npip-cache\npypi\n');
  writeFileSync(join(directory, 'package-installs.yaml'), 'python3-setuptools:\npython3-wheel:\n');
  const names = Array.from({ length: packageCount }, (_, index) => packageName(index)).join(' ');
  writeHook(
    join(directory, 'install.d', installHook),
    `# ${what}\n$DIB_PYTHON_PIP install --no-build-isolation --target /opt/bench ${names}\n`,
  );
}

/** Serves a package index of made source packages. */
async function serveIndex(directory: string): Promise<PackageIndex> {
  const files = new Map(
    Array.from({ length: packageCount }, (_, index) => {
      const path = makeSourcePackage(directory, packageName(index));
      return [`/${basename(path)}` as string, path] as const;
    }),
  );
  let downloads = 0;
  const server = createServer((request, response) => {
    const path = files.get(request.url ?? '');
    if (path !== undefined) {
      downloads += 1;
      response.setHeader('Cache-Control', 'max-age=365000000, immutable');
      createReadStream(path).pipe(response);
      return;
    }
    const name = /^\/simple\/([^/]+)\/$/.exec(request.url ?? '')?.[1];
    const link = `${name}-1.0.tar.gz`;
    response.statusCode = files.has(`/${link}`) ? 200 : 404;
    response.setHeader('Content-Type', 'text/html');
    response.end(response.statusCode === 200 ? `<!DOCTYPE html><a href="/${link}">${link}</a>` : '');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { server, url: `http://127.0.0.1:${port}`, countDownloads: () => downloads };
}

function makeSourcePackage(directory: string, name: string): string {
  const top = `${name}-1.0`;
  mkdirSync(join(directory, top, name), { recursive: true });
  writeFileSync(join(directory, top, name, '__init__.py'), '');
  execFileSync('dd', [
    ...['if=/dev/urandom', `of=${join(directory, top, name, 'data')}`],
    ...[`bs=${packageBytes}`, 'count=1', 'status=none'],
  ]);
  writeFileSync(
    join(directory, top, 'setup.py'),
    `from setuptools import setup\nsetup(name="${name}", version="1.0", packages=["${name}"], package_data={"${name}": ["data"]})\n`,
  );
  writeFileSync(join(directory, top, 'PKG-INFO'), `Metadata-Version: 1.0\nName: ${name}\nVersion: 1.0\n`);
  execFileSync('tar', ['-czf', `${top}.tar.gz`, top], { cwd: directory });
  return join(directory, `${top}.tar.gz`);
}

function packageName(index: number): string {
  return `sample${index}`;
}

function sum(runs: readonly PipRun[]): number {
  return runs.reduce((total, { downloads }) => total + downloads, 0);
}
