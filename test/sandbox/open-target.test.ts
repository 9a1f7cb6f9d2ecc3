import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { findSandboxFaults } from '../../src/sandbox/host-abilities.js';
import { namespaceCommand } from '../../src/sandbox/namespace-command.js';
import { openTestPorts } from '../helpers/ports.js';

const { programs } = openTestPorts();
const { uid, username } = userInfo();
const faults = await findSandboxFaults({ userId: uid, userName: username }, programs);
const skip = faults.length > 0 ? `no namespaces here: ${faults[0]?.message}` : false;

/** Runs lines of a module inside the namespace; they see `target`, `workspace`, `ports` and `print`. */
async function runInside(body: string): Promise<string> {
  const script = `
    import * as fs from 'node:fs';
    const { openTarget } = await import('${packageDirectory}/src/sandbox/open-target.ts');
    const { workspace } = await import('${packageDirectory}/src/model/workspace.ts');
    const { openTestPorts } = await import('${packageDirectory}/test/helpers/ports.ts');
    const ports = openTestPorts();
    const print = (text) => process.stdout.write(text + '\\n');
    for (const path of [workspace.treeDirectory, workspace.stagingDirectory]) fs.mkdirSync(path, { recursive: true });
    for (const name of ['proc', 'sys', 'dev', 'tmp', 'usr/sbin']) fs.mkdirSync(workspace.treeDirectory + '/' + name, { recursive: true });
    const target = await openTarget(workspace, ports);
    ${body}
  `;
  const command = namespaceCommand({
    isRoot: uid === 0,
    workspaceArgument: 'tmpfs:104857600',
    command: [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script],
  });
  const result = await programs.run({
    ...command,
    workingDirectory: packageDirectory,
    environment: { PATH: process.env.PATH ?? '' },
  });
  assert.equal(result.exitStatus, 0, result.stderr);
  return result.stdout;
}

test('the chroot has a minimal dev, a read-only sys, and all is gone after unmounting', { skip }, async () => {
  const said = await runInside(`
    await target.attachKernelFileSystems();
    await target.attachKernelFileSystems();
    print(fs.readdirSync(workspace.treeDirectory + '/dev').sort().join(' '));
    print(fs.readFileSync(workspace.treeDirectory + '/proc/self/comm', 'utf8').trim() === '' ? 'no proc' : 'proc');
    try { fs.writeFileSync(workspace.treeDirectory + '/sys/kernel/uevent_helper', 'x'); print('writable'); } catch (error) { print(error.code); }
    print(String(fs.readdirSync(workspace.treeDirectory + '/sys/firmware').length));
    await target.unmountAll();
    print(fs.readdirSync(workspace.treeDirectory + '/dev').join(' ') + fs.readdirSync(workspace.treeDirectory + '/proc').join(' '));
  `);
  const [devices, proc, sysfs, firmware, after] = said.split('\n');
  assert.equal(devices, 'fd full null ptmx pts random shm stderr stdin stdout tty urandom zero');
  assert.equal(proc, 'proc');
  assert.ok(sysfs === 'EROFS' || sysfs === 'EACCES', sysfs);
  assert.equal(firmware, '0');
  assert.equal(after, '');
});

test('the staging directory is there read-only while attached, its place is gone afterwards', { skip }, async () => {
  const said = await runInside(`
    fs.writeFileSync(workspace.stagingDirectory + '/file', 'staged');
    await target.attachStaging();
    const seen = workspace.treeDirectory + '/tmp/in_target.d';
    print(fs.readFileSync(seen + '/file', 'utf8'));
    try { fs.writeFileSync(seen + '/other', 'x'); print('writable'); } catch (error) { print(error.code); }
    await target.detachStaging();
    print(String(fs.existsSync(seen)));
  `);
  assert.equal(said, 'staged\nEROFS\nfalse\n');
});

test('a covered file shows the cover until everything is unmounted; a missing one is not covered', {
  skip,
}, async () => {
  const said = await runInside(`
    fs.writeFileSync(workspace.treeDirectory + '/usr/sbin/grub-probe', 'real');
    fs.writeFileSync(workspace.stagingDirectory + '/cover', 'cover');
    print(String(await target.coverFile('/usr/sbin/grub-probe', workspace.stagingDirectory + '/cover')));
    print(String(await target.coverFile('/usr/sbin/absent', workspace.stagingDirectory + '/cover')));
    print(fs.readFileSync(workspace.treeDirectory + '/usr/sbin/grub-probe', 'utf8'));
    await target.unmountAll();
    print(fs.readFileSync(workspace.treeDirectory + '/usr/sbin/grub-probe', 'utf8'));
  `);
  assert.equal(said, 'true\nfalse\ncover\nreal\n');
});
