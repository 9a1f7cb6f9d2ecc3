import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtinElementsDirectory } from '../../src/base/assets.js';

const program = join(builtinElementsDirectory, 'dynamic-login/static/usr/local/bin/dynamic-login');
const hash = '$6$salt$abc/DEF.ghi';
const key = 'ssh-ed25519 AAAA someone@somewhere';

test('a hash is taken plain, quoted and as base64', (context) => {
  const encoded = Buffer.from(hash).toString('base64');
  for (const word of [`rootpwd=${hash}`, `rootpwd="${hash}"`, `"rootpwd=${hash}"`, `rootpwd=${encoded}`])
    assert.equal(login(context, `quiet ${word} console=ttyS0`).password, `root:${hash}\n`);
});

test('a bare password before a quoted key gives both', (context) => {
  const run = login(context, `rootpwd=${hash} sshkey="${key}"`);
  assert.equal(run.status, 0);
  assert.equal(run.password, `root:${hash}\n`);
  assert.equal(run.keys, `${key}\n`);
});

test('a key joins those that are there, once, and only root reads the file', (context) => {
  const home = makeDirectory(context);
  login(context, `"sshkey=${key}"`, home);
  const run = login(context, `sshkey="other" sshkey="${key}"`, home);
  assert.equal(run.keys, `${key}\nother\n`);
  assert.equal(statSync(join(home, '.ssh')).mode & 0o777, 0o700);
  assert.equal(statSync(join(home, '.ssh/authorized_keys')).mode & 0o777, 0o600);
});

test('what is no hash is refused, and the key still counts', (context) => {
  const run = login(context, `rootpwd=nonsense sshkey=${key.split(' ')[1]}`);
  assert.equal(run.status, 1);
  assert.equal(run.stderr, 'dynamic-login: rootpwd is neither a crypt hash nor the base64 of one\n');
  assert.equal(run.password, undefined);
  assert.equal(run.keys, 'AAAA\n');
});

test('a command line without either changes nothing', (context) => {
  const run = login(context, 'root=LABEL=x ro notrootpwd=1');
  assert.deepEqual([run.status, run.password, run.keys], [0, undefined, undefined]);
});

function login(context: TestContext, commandLine: string, home = makeDirectory(context)) {
  const directory = makeDirectory(context);
  writeFileSync(join(directory, 'chpasswd'), `#!/bin/sh\n[ "$1" = -e ] && cat > ${directory}/password\n`, {
    mode: 0o755,
  });
  writeFileSync(join(directory, 'cmdline'), `${commandLine}\n`);
  const run = spawnSync(program, [join(directory, 'cmdline'), home], {
    encoding: 'utf8',
    env: { PATH: `${directory}:${process.env.PATH ?? ''}` },
  });
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
  return {
    status: run.status,
    stderr: run.stderr,
    password: read(join(directory, 'password')),
    keys: read(join(home, '.ssh/authorized_keys')),
  };
}

function makeDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynamic-login-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return directory;
}
