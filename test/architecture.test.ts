import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { packageDirectory } from '../src/base/assets.js';

const sourceDirectory = join(packageDirectory, 'src');

/** Rooms by floor; a room may import rooms of lower floors and itself. */
const floorOfRoom: Readonly<Record<string, number>> = {
  base: 0,
  model: 1,
  request: 2,
  elements: 2,
  layout: 2,
  plan: 2,
  process: 3,
  sandbox: 3,
  layers: 3,
  disk: 3,
  loop: 3,
  steps: 3,
  formats: 3,
  report: 3,
  lint: 3,
  harness: 3,
  build: 4,
  cli: 5,
};

/** Source files without a mirrored test, each with the reason. */
const untestedFiles: Readonly<Record<string, string>> = {
  'index.ts': 'only re-exports',
  'layers/layer-record.ts': 'types only',
  'layers/layered-tree.ts': 'needs a namespace: test/layers/open-layers.test.ts',
  'build/open-tree-layers.ts': 'needs a namespace: test/layers/open-layers.test.ts',
  'build/declared-inputs.ts': 'needs a namespace: test/build/reuse-result.test.ts',
  'build/note-result.ts': 'needs a namespace: test/build/reuse-result.test.ts',
  'request/command-start.ts': 'types only',
  'cli/command-row.ts': 'types only',
  'cli/world.ts': 'types only',
  'lint/script-facts.ts': 'types only',
  'harness/element-test.ts': 'types only',
  'base/assets.ts': 'tested by test/assets.test.ts in each way of installing',
  'build/build-image.ts': 'needs a namespace: whole builds in test/compat and test/system',
  'build/build-inside.ts': 'needs a namespace: whole builds in test/compat and test/system',
  'build/enter-sandbox.ts': 'needs a namespace: whole builds in test/compat and test/system',
  'build/run-build.ts': 'needs a namespace: whole builds in test/compat and test/system',
  'cli/inner-main.ts': 'runs only inside the namespace: test/compat, killed in test/system/kill.test.ts',
};

const sourceFiles = filesBelow(sourceDirectory).filter((path) => path.endsWith('.ts'));

test('no room imports upward or sideways', () => {
  const offences: string[] = [];
  for (const file of sourceFiles) {
    for (const imported of importsOf(file)) {
      const from = roomOf(file);
      const to = roomOf(imported);
      if (from === to || from === undefined || to === undefined) continue;
      if ((floorOfRoom[to] ?? 99) >= (floorOfRoom[from] ?? -1))
        offences.push(`${short(file)} imports ${short(imported)}`);
    }
  }
  assert.deepEqual(offences, []);
});

test('every room has a floor', () => {
  const rooms = readdirSync(sourceDirectory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(
    rooms.map((room) => room.name).filter((name) => !(name in floorOfRoom)),
    [],
  );
});

test('no file takes part in an import cycle', () => {
  const imports = new Map(sourceFiles.map((file) => [file, importsOf(file)]));
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (finished.has(file)) return;
    const at = path.indexOf(file);
    assert.equal(at, -1, `cycle: ${[...path.slice(at), file].map(short).join(' → ')}`);
    for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
    finished.add(file);
  };
  for (const file of sourceFiles) visit(file, []);
});

test('each capability is used only where it may be', () => {
  const rules: readonly { readonly what: RegExp; readonly allowed: RegExp; readonly name: string }[] = [
    { name: 'node:child_process', what: /['"]node:child_process['"]/, allowed: /^process\// },
    { name: 'import.meta', what: /\bimport\.meta\b/, allowed: /^base\/assets\.ts$/ },
    { name: 'process.env, argv or exit', what: /\bprocess\.(env|argv|exit)\b/, allowed: /^cli\// },
    {
      name: 'the clock',
      what: /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/,
      allowed: /^build\/open-ports\.ts$/,
    },
    { name: 'randomness', what: /\bMath\.random\(|\brandomBytes\(|\brandomUUID\(/, allowed: /^build\/open-ports\.ts$/ },
  ];
  const offences: string[] = [];
  for (const file of sourceFiles) {
    const text = codeOf(file);
    for (const rule of rules) {
      if (rule.what.test(text) && !rule.allowed.test(short(file))) offences.push(`${short(file)} uses ${rule.name}`);
    }
  }
  assert.deepEqual(offences, []);
});

test('floor 2 neither writes nor starts programs', () => {
  const offences = sourceFiles.filter(
    (file) =>
      floorOfRoom[roomOf(file) ?? ''] === 2 &&
      /\b(writeFile|writeFileSync|mkdir|mkdirSync|rename|renameSync|rm|rmSync|unlink|unlinkSync|createWriteStream|appendFile)\(/.test(
        codeOf(file),
      ),
  );
  assert.deepEqual(offences.map(short), []);
});

test('no folder has a name that says nothing', () => {
  const vague = new Set(['utils', 'util', 'helpers', 'common', 'misc', 'shared']);
  const offences = sourceFiles.filter((file) =>
    short(file)
      .split('/')
      .some((part) => vague.has(part)),
  );
  assert.deepEqual(offences.map(short), []);
});

test('every source file has a mirrored test or a reasoned exception', () => {
  const tests = new Set(filesBelow(join(packageDirectory, 'test')));
  const offences = sourceFiles.filter((file) => {
    const name = short(file);
    if (name.startsWith('model/') || name.endsWith('-table.ts') || name in untestedFiles) return false;
    return !tests.has(join(packageDirectory, 'test', name.replace(/\.ts$/, '.test.ts')));
  });
  assert.deepEqual(offences.map(short), []);
});

function filesBelow(directory: string): string[] {
  return readdirSync(directory)
    .sort()
    .flatMap((name) => {
      const path = join(directory, name);
      return statSync(path).isDirectory() ? filesBelow(path) : [path];
    });
}

function importsOf(file: string): string[] {
  const specifiers = [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)];
  return specifiers.map((match) => resolve(dirname(file), (match[1] ?? '').replace(/\.js$/, '.ts')));
}

function codeOf(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
}

function roomOf(file: string): string | undefined {
  const [room, rest] = short(file).split('/');
  return rest === undefined ? undefined : room;
}

function short(file: string): string {
  return relative(sourceDirectory, file);
}
