import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { listRecords } from '../../src/layers/list-records.js';
import { digestOfArchive, type Ended, type MadeSystem, makeMadeSystem, startProgram } from '../helpers/made-system.js';
import { makeOrdinaryUser, whyNoOrdinaryUser } from '../helpers/package-copy.js';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'dib-layer-faults-')));
after(() => rmSync(directory, { recursive: true, force: true }));
chmodSync(directory, 0o755);

const skip =
  process.getuid?.() !== 0
    ? 'run by root'
    : existsSync(join(packageDirectory, 'dist/cli/main.js'))
      ? false
      : 'not built: dist/cli/main.js is missing';

/** Hooks of three elements; each waits a little, so that a kill finds it at work. Three of them depend on a variable. */
const hooks: Readonly<Record<string, string>> = {
  'parts/pre-install.d/10-first':
    'sleep 0.03; mkdir -p /srv/one /srv/two; echo one > /srv/one/file; ln -s one /srv/link',
  'parts/pre-install.d/20-early': 'sleep 0.03; echo "$DIB_MADE_EARLY" > /etc/early',
  'parts/install.d/30-change': 'sleep 0.03; echo more >> /srv/one/file; chmod 0700 /srv/two; rm /usr/bin/mkfifo',
  'parts/install.d/40-many': 'for number in {1..200}; do echo "$number" > "/srv/two/$number"; done; sleep 0.03',
  'parts/install.d/50-middle': 'sleep 0.03; echo "$DIB_MADE_MIDDLE" > /etc/middle; rm -r /srv/one; mkdir /srv/one',
  'parts/install.d/60-same': 'sleep 0.03; touch /etc/passwd; mkdir -p /srv/one',
  'parts/post-install.d/70-late': 'sleep 0.03; echo "$DIB_MADE_LATE" > /etc/late; mv /srv/two/7 /srv/one/',
  'parts/finalise.d/80-last': 'sleep 0.03; ls /srv/two > /srv/list',
};
const positions = ['EARLY', 'MIDDLE', 'LATE'] as const;

interface Caller {
  /** Goes before the program: nothing for root. */
  readonly prefix: readonly string[];
  readonly binDirectory: string;
  readonly home: string;
}

const root: Caller = { prefix: [], binDirectory: join(packageDirectory, 'bin'), home: join(directory, 'home') };

interface Workshop {
  readonly system: MadeSystem;
  /** Where images, caches and temporary files go. */
  readonly place: string;
  /** Directory of the layers. */
  readonly store: string;
  build(build: {
    readonly elements: readonly string[];
    readonly name?: string;
    readonly variables?: Readonly<Record<string, string>>;
    readonly words?: readonly string[];
    readonly killAfterMs?: number;
  }): Promise<Ended>;
  dib(...words: readonly string[]): Promise<Ended>;
  digest(name?: string): string;
}

/** Elements, a cache and an output directory of one test. */
function openWorkshop(
  given: Readonly<Record<string, string>>,
  options: { readonly caller?: Caller; readonly cache?: string } = {},
): Workshop {
  const caller = options.caller ?? root;
  const place = mkdtempSync(join(directory, 'place-'));
  chmodSync(place, 0o777);
  const system = makeMadeSystem(place, given);
  for (const name of ['out', 'tmp', 'cache']) {
    mkdirSync(join(place, name));
    chmodSync(join(place, name), 0o777);
  }
  const cache = options.cache ?? join(place, 'cache');
  const environment = {
    PATH: process.env.PATH ?? '/usr/sbin:/usr/bin',
    HOME: caller.home,
    TMPDIR: join(place, 'tmp'),
    DIB_IMAGE_CACHE: cache,
    DIB_CACHE_MODE: 'on',
    ...system.environment,
  };
  const run = (
    words: readonly string[],
    more: Readonly<Record<string, string>>,
    killAfterMs?: number,
  ): Promise<Ended> =>
    startProgram({
      words: [...caller.prefix, process.execPath, ...words],
      environment: { ...environment, ...more },
      workingDirectory: join(place, 'out'),
      ...(killAfterMs === undefined ? {} : { killAfterMs }),
    });
  return {
    system,
    place,
    store: `${cache}/layers/${caller === root ? 'root' : readdirIfThere(`${cache}/layers`)[0]}/v1`,
    build: ({ elements, name = 'image', variables = {}, words = [], killAfterMs }) =>
      run(
        [join(caller.binDirectory, 'disk-image-create'), '-n', '-t', 'tar', '-o', name, ...words, 'tiny', ...elements],
        variables,
        killAfterMs,
      ),
    dib: (...words) => run([join(caller.binDirectory, 'dib'), ...words], {}),
    digest: (name = 'image') => digestOfArchive(join(place, 'out', `${name}.tar`), directory),
  };
}

function readdirIfThere(path: string): readonly string[] {
  return existsSync(path) ? readdirSync(path) : [];
}

function succeeds({ status, output }: Ended): void {
  assert.equal(status, 0, output);
}

async function isWhole(workshop: Workshop): Promise<void> {
  const { status, output } = await workshop.dib('layers', 'verify');
  assert.equal(status, 0, output);
  assert.match(output, / read, none damaged$/m);
}

/**
 * Kills builds at random moments. After each the same build is run to its end: what was kept must not run again, the
 * tree must be that of a build without a cache, and nothing in the store damaged.
 */
async function killAndResume(context: TestContext, caller: Caller, roundCount: number): Promise<void> {
  const workshop = openWorkshop(hooks, { caller });
  const { system } = workshop;
  const values: Record<string, string> = Object.fromEntries(positions.map((name) => [`DIB_MADE_${name}`, 'start']));
  const reference = async (): Promise<string> => {
    succeeds(
      await workshop.build({ elements: ['parts'], name: 'reference', variables: values, words: ['--cache=off'] }),
    );
    return workshop.digest('reference');
  };
  const startMs = performance.now();
  succeeds(await workshop.build({ elements: ['parts'], variables: values }));
  const durationMs = performance.now() - startMs;
  assert.equal(workshop.digest(), await reference());
  const store = `${workshop.place}/cache/layers/${readdirIfThere(`${workshop.place}/cache/layers`)[0]}/v1`;
  let keptCount = 0;
  let killedCount = 0;
  for (let round = 0; round < roundCount; round += 1) {
    const position = positions[round % positions.length] ?? 'EARLY';
    values[`DIB_MADE_${position}`] = `round ${round}`;
    // Each hook by itself, and as neighbours are joined by default.
    const variables = { ...values, ...(round % 2 === 0 ? { DIB_CACHE_MERGE_MS: '1' } : {}) };
    const beganMs = Date.now();
    const killed = await workshop.build({
      elements: ['parts'],
      variables,
      killAfterMs: durationMs * (0.15 + 0.85 * Math.random()),
    });
    if (killed.status === null) killedCount += 1;
    const kept = (await listRecords(store))
      .filter((record) => record.createdMs >= beganMs)
      .flatMap((record) => record.hooks.map((hook) => hook.name));
    keptCount += kept.length;
    system.resetCounts();
    succeeds(await workshop.build({ elements: ['parts'], variables }));
    const again = Object.keys(system.counts()).filter((name) => kept.includes(name));
    assert.deepEqual(again, [], `round ${round}: kept, and run again`);
    // A reference costs a build, a look at everything half of one.
    const isLast = round === roundCount - 1;
    if (round % 6 === 5 || isLast) await isWhole(workshop);
    if (round === 12 || isLast) assert.equal(workshop.digest(), await reference());
  }
  context.diagnostic(`${killedCount} of ${roundCount} were killed, ${keptCount} hooks of theirs were reused`);
  assert.ok(killedCount > roundCount / 2, `${killedCount} killed`);
  // In few rounds each kill may come before anything was kept.
  assert.ok(keptCount > 0 || roundCount < 20);
  succeeds(await workshop.build({ elements: ['parts'], variables: values }));
  for (const name of ['partial', 'leases']) assert.deepEqual(readdirSync(`${store}/${name}`), [], name);
}

test('killed at 25 random moments, each build resumes to the same tree, and the store is whole', { skip }, (context) =>
  killAndResume(context, root, 25),
);

test('the same without root', { skip: skip || whyNoOrdinaryUser() }, async (context) => {
  const user = makeOrdinaryUser();
  context.after(() => user.remove());
  await killAndResume(
    context,
    {
      prefix: ['setpriv', '--reuid', user.name, '--regid', user.name, '--clear-groups', '--'],
      binDirectory: user.binDirectory,
      home: user.home,
    },
    5,
  );
});

/** Four images: all share four hooks, two and two share another one, each has one of its own before the last. */
const imageHooks: Readonly<Record<string, string>> = {
  'shared/pre-install.d/10-shared': 'sleep 0.1; mkdir -p /srv/shared',
  'shared/install.d/20-shared': 'for number in {1..300}; do echo "$number" > "/srv/shared/$number"; done',
  'shared/install.d/30-shared': 'sleep 0.1; chmod 0600 /srv/shared/1',
  'shared/post-install.d/90-shared': 'ls /srv > /srv/list',
  'even/install.d/40-even': 'sleep 0.1; echo even > /srv/kind',
  'odd/install.d/40-odd': 'sleep 0.1; echo odd > /srv/kind',
  ...Object.fromEntries(
    [0, 1, 2, 3].map((index) => [`own-${index}/install.d/50-own-${index}`, `sleep 0.05; echo ${index} > /srv/own`]),
  ),
};
const images = [0, 1, 2, 3].map((index) => ({
  name: `image-${index}`,
  elements: ['shared', index % 2 === 0 ? 'even' : 'odd', `own-${index}`],
  variables: { DIB_CACHE_MERGE_MS: '1' },
}));

test('four processes that build overlapping images at once run each shared hook once, three times over', {
  skip,
}, async () => {
  const references: string[] = [];
  const plain = openWorkshop(imageHooks);
  for (const image of images) {
    succeeds(await plain.build({ ...image, words: ['--cache=off'] }));
    references.push(plain.digest(image.name));
  }
  for (let round = 0; round < 3; round += 1) {
    const workshop = openWorkshop(imageHooks);
    for (const ended of await Promise.all(images.map((image) => workshop.build(image)))) succeeds(ended);
    assert.deepEqual(workshop.system.counts(), {
      '10-shared': 1,
      '10-tiny': 1,
      '20-shared': 1,
      '30-shared': 1,
      '40-even': 1,
      '40-odd': 1,
      '50-own-0': 1,
      '50-own-1': 1,
      '50-own-2': 1,
      '50-own-3': 1,
      // On another tree each time.
      '90-shared': 4,
    });
    assert.deepEqual(
      images.map(({ name }) => workshop.digest(name)),
      references,
    );
    await isWhole(workshop);
    // Nothing runs when they are built together again.
    workshop.system.resetCounts();
    const explained = await explainAll(workshop);
    for (const ended of await Promise.all(images.map((image) => workshop.build(image)))) succeeds(ended);
    assert.deepEqual(workshop.system.counts(), {}, `first:\n${explained}\nthen:\n${await explainAll(workshop)}`);
  }
});

/** Why each step of the images ran. */
async function explainAll(workshop: Workshop): Promise<string> {
  const said = await Promise.all(images.map(({ name }) => workshop.dib('explain', name)));
  return said.map(({ output }) => output).join('\n');
}

/** A cache on a file system of its own. */
function mountSmall(context: TestContext, sizeMebibytes: number): string {
  const path = mkdtempSync(join(directory, 'small-'));
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMebibytes}m`, 'tmpfs', path], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  context.after(() => spawnSync('umount', ['-l', path]));
  return path;
}

const fillingHooks: Readonly<Record<string, string>> = {
  'fills/install.d/10-small': 'mkdir -p /srv; echo small > /srv/small',
  'fills/install.d/20-fills':
    'if [ "$DIB_MADE_FILL" = yes ]; then cat /dev/zero > /srv/fill; fi; echo "$DIB_MADE_FILL" > /srv/filled',
  'fills/install.d/30-after': 'for number in {1..100}; do echo "$number" > "/srv/$number"; done',
};

test('a hook that fills the disk of the store is told with what is free; the next build is fine', {
  skip,
}, async (context) => {
  const workshop = openWorkshop(fillingHooks, { cache: mountSmall(context, 64) });
  const build = (fill: string, words: readonly string[] = []): Promise<Ended> =>
    workshop.build({ elements: ['fills'], words, variables: { DIB_MADE_FILL: fill, DIB_CACHE_MERGE_MS: '1' } });
  const failed = await build('yes');
  assert.equal(failed.status, 1, failed.output);
  assert.match(
    failed.output,
    /^error SPACE_MISSING: no space left for hook install\.d\/20-fills of element fills: 0 B of 64 MiB free in the layer store \S+\/layers\n {2}cat: .*No space left on device\n {2}hint: free space there, run dib layers gc, .*\n/m,
  );
  assert.equal(failed.output.match(/^error /gm)?.length, 1, failed.output);
  await isWhole(workshop);
  workshop.system.resetCounts();
  succeeds(await build('no'));
  assert.deepEqual(workshop.system.counts(), { '20-fills': 1, '30-after': 1 });
  const tree = workshop.digest();
  succeeds(await build('no', ['--cache=off']));
  assert.equal(tree, workshop.digest());
  await isWhole(workshop);
});

test('a disk that somebody else fills fails the build wherever it is, and leaves the store whole', {
  skip,
}, async (context) => {
  const cache = mountSmall(context, 64);
  const workshop = openWorkshop(fillingHooks, { cache });
  const build = (fill: string): Promise<Ended> =>
    workshop.build({ elements: ['fills'], variables: { DIB_MADE_FILL: fill, DIB_CACHE_MERGE_MS: '1' } });
  succeeds(await build('first'));
  // The less is left, the earlier the build ends: in a hook, while a layer is published, before anything has run.
  for (const leftBytes of [320 * 1024, 64 * 1024, 8 * 1024, 0]) {
    const { bavail, bsize } = statfsSync(cache);
    const filler = join(cache, 'filler');
    writeFileSync(filler, Buffer.alloc(bavail * bsize - leftBytes));
    const failed = await build(`left ${leftBytes}`);
    assert.notEqual(failed.status, 0, `${leftBytes} were enough: ${failed.output}`);
    assert.match(failed.output, /^error SPACE_MISSING: no space left for .* of 64 MiB free /m, `${leftBytes} left`);
    rmSync(filler);
    await isWhole(workshop);
  }
  succeeds(await build('enough'));
});
