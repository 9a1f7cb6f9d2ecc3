import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { openDraft, openNamedDraft } from '../../src/formats/draft.js';
import { openTestPorts } from './open-test-ports.js';

let work = '';
before(async () => {
  work = await mkdtemp(join(tmpdir(), 'draft-test-'));
});
after(() => rm(work, { recursive: true, force: true }));

const makers = {
  'a draft': (path: string) => openDraft(path, openTestPorts()),
  'a named draft': openNamedDraft,
};

for (const [title, openOne] of Object.entries(makers)) {
  test(`${title} is published whole in the place of what was there`, async () => {
    const directory = await mkdtemp(join(work, 'x-'));
    const path = join(directory, '-odd name');
    await writeFile(path, 'old');
    const draft = await openOne(path);
    await writeFile(draft.path, 'new');
    assert.equal(await readFile(path, 'utf8'), 'old');
    await draft.publish(path);
    await draft.discard();
    assert.deepEqual(await readdir(directory), ['-odd name']);
    assert.equal(await readFile(path, 'utf8'), 'new');
  });

  test(`${title} that is discarded leaves nothing`, async () => {
    const directory = await mkdtemp(join(work, 'x-'));
    const draft = await openOne(join(directory, 'file'));
    await writeFile(draft.path, 'new');
    await draft.discard();
    await draft.discard();
    assert.deepEqual(await readdir(directory), []);
  });
}

test('a draft is written by other programs', async () => {
  const path = join(work, 'copied');
  const ports = openTestPorts();
  const draft = await openDraft(path, ports);
  await ports.programs.require({ program: 'cp', arguments: ['--', '/etc/passwd', draft.path] });
  await draft.publish(path);
  assert.deepEqual(await readFile(path), await readFile('/etc/passwd'));
});

test('a process that is killed leaves nothing of a draft', async (context) => {
  const directory = await mkdtemp(join(work, 'killed-'));
  const code = [
    `import { openDraft } from '${packageDirectory}/src/formats/draft.js';`,
    `import { writeFileSync } from 'node:fs';`,
    `const draft = await openDraft('${directory}/file', {});`,
    `writeFileSync(draft.path, 'content');`,
    `console.log(draft.path);`,
    `setInterval(() => {}, 1000);`,
  ].join('\n');
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    cwd: packageDirectory,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  if (!String(line).startsWith('/proc/')) context.skip('this file system has no unnamed files');
  child.kill('SIGKILL');
  await once(child, 'exit');
  if (String(line).startsWith('/proc/')) assert.deepEqual(await readdir(directory), []);
});

test('a missing directory is told as the system tells it', async () => {
  await assert.rejects(openDraft(join(work, 'none', 'file'), openTestPorts()), { code: 'ENOENT' });
});
