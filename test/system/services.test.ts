import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packageDirectory } from '../../src/base/assets.js';
import { bootImage, whyNoBoot } from '../helpers/boot.js';
import { buildSystemImage, whyNoSystemBuild } from '../helpers/system-build.js';

const directory = mkdtempSync(join(tmpdir(), 'dib-services-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const missing = ['ssh', 'ssh-keygen', 'xorriso', 'git'].find((name) => spawnSync('which', [name]).status !== 0);
const skip = whyNoSystemBuild() || whyNoBoot() || (missing === undefined ? false : `${missing} is not installed`);

const elements = [
  ...['vm', 'debian-minimal', 'cloud-init', 'cloud-init-datasources', 'devuser', 'openssh-server'],
  ...['runtime-ssh-host-keys', 'growroot', 'dhcp-all-interfaces', 'enable-serial-console', 'modprobe'],
  ...['local-config', 'manifests', 'services-check'],
];
const addedElement = 'fail2ban';

test('a bookworm server, rebuilt after edits, boots, takes keys over ssh, and shows what each element did', {
  skip,
}, async (t) => {
  const keys = { devuser: makeKey('devuser'), root: makeKey('root'), debian: makeKey('debian') };
  const home = join(directory, 'home');
  mkdirSync(join(home, '.ssh'), { recursive: true });
  writeFileSync(join(home, '.ssh/authorized_keys'), `${keys.root.publicKey}\n`);
  const commit = makeRepository();
  const environment = {
    HOME: home,
    ELEMENTS_PATH: join(directory, 'elements'),
    SERVICES_CHECK_REPOSITORY: `file://${join(directory, 'repository')}`,
    DIB_RELEASE: 'bookworm',
    DIB_CLOUD_INIT_DATASOURCES: 'NoCloud',
    DIB_CLOUD_INIT_ETC_HOSTS: 'localhost',
    DIB_DEV_USER_AUTHORIZED_KEYS: `${keys.devuser.path}.pub`,
    DIB_DEV_USER_PASSWORD: 'very-secret',
    DIB_DEV_USER_PWDLESS_SUDO: '1',
    DIB_MODPROBE_BLACKLIST: 'pcspkr',
  };
  const shared = { directory, name: 'server', layers: true };
  copyEdited();
  buildSystemImage({
    ...shared,
    words: ['-t', 'qcow2', ...elements],
    environment: { ...environment, DIB_MODPROBE_BLACKLIST: 'floppy' },
  });
  // A line of a script, a file, a variable and an element: what the checks below see is all of the second build.
  copyFixture();
  const path = buildSystemImage({ ...shared, words: ['-t', 'qcow2', ...elements, addedElement], environment });
  checkReuse(path);
  checkRecords(path, commit);

  // A disk larger than the image, to be grown into.
  const disk = join(directory, 'disk.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', `${path}.qcow2`, '-F', 'qcow2', disk, '9G']);
  const port = await findFreePort();
  const session = bootImage({
    imagePath: disk,
    format: 'qcow2',
    firmware: 'bios',
    extraArguments: [
      ...['-serial', 'mon:stdio', '-serial', 'null'],
      ...['-drive', `file=${makeSeed(keys.debian.publicKey)},format=raw,if=virtio,readonly=on`],
      ...['-netdev', `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`],
      ...['-device', 'virtio-net-pci,netdev=net'],
    ],
  });
  t.after(() => session.close());
  await session.waitFor(/login: /, 420_000);
  const askAs = (user: keyof typeof keys, command: string): Promise<string> =>
    runOverSsh({ user, port, keyPath: keys[user].path, command });
  // An ssh connection is slow in an emulated machine: root asks everything at once.
  const said = await askAll((command) => askAs('root', command));

  await t.test('every unit runs', () => {
    assert.equal(said.state, 'status: done\nrunning\n');
    assert.equal(said.failed, '');
    assert.equal(said.units, 'active\n'.repeat(6));
  });

  await t.test('local-config, devuser and cloud-init let their keys in, each for its user', async () => {
    assert.equal(said.user, 'root\n');
    assert.equal(await askAs('devuser', 'id -un; sudo -n id -un'), 'devuser\nroot\n');
    assert.equal(await askAs('debian', 'id -un; sudo -n id -un'), 'debian\nroot\n');
    await assert.rejects(
      runOverSsh({ user: 'devuser', port, keyPath: keys.debian.path, command: 'true' }),
      /Permission denied \(publickey/,
    );
  });

  await t.test('cloud-init used the seed, and the seed alone', () => {
    assert.equal(said.seed, 'written at boot\nfrom-the-seed\nran\nnocloud\n');
    assert.equal(said.sources, 'datasource_list: [ NoCloud, None ]\nmanage_etc_hosts: localhost\n');
  });

  await t.test('each machine has keys of its own, and the server offers strong algorithms only', () => {
    assert.equal(said.hostKeys, 'ssh_host_ecdsa_key\nssh_host_ed25519_key\nssh_host_rsa_key\n6\n');
    assert.equal(
      said.algorithms,
      `ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr
macs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-512,hmac-sha2-256,umac-128@openssh.com
`,
    );
  });

  await t.test('the root file system fills its disk, and the interface has an address', () => {
    const [partition = '', fileSystem = ''] = said.sizes.split('\n');
    assert.ok(Number(partition) * 512 > 9 * 2 ** 30 - 4 * 2 ** 20, partition);
    assert.ok(Number(fileSystem) > 8.2 * 2 ** 30, fileSystem);
    assert.match(said.growroot, /CHANGED: partition=1/);
    assert.match(said.address, /10\.0\.2\.15\/24/);
    assert.match(said.interfaces, /\niface (ens|enp)\S+ inet dhcp\n/);
  });

  await t.test('kernel parameters, modules, fail2ban, docker, Python and the checkout are there', () => {
    assert.equal(said.swappiness, '7\n');
    assert.equal(said.modules, 'blacklist pcspkr\noptions loop max_loop=3\n0\n');
    assert.match(said.fail2ban, /Status for the jail: sshd\n/);
    assert.match(said.docker, /^\d+\.\d+/);
    assert.match(said.python, /^pip \d.*\nvirtualenv \d.*\nPython 3\.11\..*\n$/);
    assert.equal(said.checkout, 'hello\n');
  });

  await t.test('the image carries its records for root alone, without secrets', () => {
    assert.equal(
      said.records,
      `600 root dib-manifest-dpkg-server
600 root dib-manifest-git-server
600 root dib_arguments
600 root dib_environment
`,
    );
    assert.equal(said.gitRecord, `services-check git /opt/services-check file://${directory}/repository ${commit}\n`);
  });
});

/** What root is asked, by what the answer is called. */
const questions = {
  state: 'cloud-init status --wait >/dev/null; cloud-init status; systemctl is-system-running --wait',
  failed: 'systemctl --failed --quiet --plain --no-legend',
  units: 'systemctl is-active ssh fail2ban docker growroot ssh-keygen serial-getty@ttyS1',
  user: 'id -un',
  seed: 'cat /etc/from-the-seed; hostname; test -e /run/from-the-seed && echo ran; cloud-id',
  sources: 'cat /etc/cloud/cloud.cfg.d/91-* /etc/cloud/cloud.cfg.d/10_etc_hosts.cfg',
  hostKeys: 'cd /etc/ssh; ls ssh_host_*_key; find . -name "ssh_host_*" -newer /etc/dib-manifests | wc -l',
  algorithms: 'sshd -T | grep -E "^(ciphers|macs) "',
  sizes: 'cat /sys/class/block/vda1/size; findmnt -bno SIZE /',
  growroot: 'journalctl -b -u growroot',
  address: 'ip -4 -br address show scope global up',
  interfaces: 'cat /etc/network/interfaces',
  swappiness: 'sysctl -n vm.swappiness',
  modules: 'modprobe --showconfig | grep -E "^(blacklist pcspkr|options loop)"; lsmod | grep -c pcspkr',
  fail2ban: 'fail2ban-client status sshd',
  docker: 'docker version -f "{{.Server.Version}}"',
  python: 'python3 -m pip --version; virtualenv --version; /opt/environment/bin/python -V',
  checkout: 'cat /opt/services-check/file',
  records: 'cd /etc/dib-manifests; stat -c "%a %U %n" *; grep -l very-secret *',
  gitRecord: 'cat /etc/dib-manifests/dib-manifest-git-server',
} as const;

async function askAll(
  ask: (command: string) => Promise<string>,
): Promise<Readonly<Record<keyof typeof questions, string>>> {
  const names = Object.keys(questions) as readonly (keyof typeof questions)[];
  const answer = await ask(names.map((name) => `( ${questions[name]} ); echo '=== end ==='`).join('\n'));
  const parts = answer.split('=== end ===\n');
  assert.equal(parts.length, names.length + 1, answer);
  return Object.fromEntries(names.map((name, index) => [name, parts[index] ?? ''])) as Record<
    keyof typeof questions,
    string
  >;
}

const fixture = join(packageDirectory, 'test/fixtures/elements/system/services-check');
const copy = join(directory, 'elements/services-check');

function copyFixture(): void {
  rmSync(copy, { recursive: true, force: true });
  cpSync(fixture, copy, { recursive: true });
}

/** The same with other values, as if what the test looks at had been edited in later. */
function copyEdited(): void {
  copyFixture();
  for (const [path, now, before] of [
    ['install.d/60-services-check', 'vm.swappiness 7', 'vm.swappiness 5'],
    ['modprobe.d/services-check.conf', 'max_loop=3', 'max_loop=2'],
  ] as const) {
    const text = readFileSync(join(copy, path), 'utf8');
    assert.ok(text.includes(now), path);
    writeFileSync(join(copy, path), text.replace(now, before));
  }
}

/** What no edit concerns came from layers, and each edit is told as the cause of something. */
function checkReuse(path: string): void {
  const cache = process.env.DIB_TEST_CACHE;
  const said = execFileSync(join(packageDirectory, 'bin/dib'), ['explain', '--json', path], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOME: join(directory, 'home'),
      ...(cache === undefined ? {} : { DIB_IMAGE_CACHE: cache }),
    },
  });
  const { decisions } = JSON.parse(said) as {
    readonly decisions: readonly {
      readonly outcome: string;
      readonly hooks: readonly string[];
      readonly because: readonly string[];
    }[];
  };
  const reused = decisions.filter(({ outcome }) => outcome === 'reused').flatMap(({ hooks }) => hooks);
  for (const name of ['08-debootstrap', '75-debian-minimal-baseinstall']) assert.ok(reused.includes(name), said);
  const causes = decisions.flatMap(({ because }) => because).join('\n');
  for (const edit of ['install.d/60-services-check', 'variable DIB_MODPROBE_BLACKLIST', `of element ${addedElement}`])
    assert.ok(causes.includes(edit), `${edit} is not among the causes:\n${causes}`);
}

/** What the build left beside the image. */
function checkRecords(path: string, commit: string): void {
  const packages = JSON.parse(readFileSync(`${path}.d/dib-manifests/dib-manifest-dpkg-server`, 'utf8')) as {
    readonly packages: readonly { readonly package: string; readonly status: string }[];
  };
  for (const name of ['docker.io', 'fail2ban', 'cloud-init', 'openssh-server', 'python3-pip'])
    assert.equal(packages.packages.find((row) => row.package === name)?.status, 'ii ', name);
  assert.match(readFileSync(`${path}.d/dib-manifests/dib-manifest-git-server`, 'utf8'), new RegExp(`${commit}\n$`));
  const said = spawnSync('grep', ['-r', '-l', 'very-secret', `${path}.d`, `${path}.manifest.json`], {
    encoding: 'utf8',
  });
  assert.equal(said.stdout, '');
}

function makeKey(name: string): { readonly path: string; readonly publicKey: string } {
  const path = join(directory, `${name}-key`);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
  return { path, publicKey: readFileSync(`${path}.pub`, 'utf8').trim() };
}

function makeRepository(): string {
  const repository = join(directory, 'repository');
  mkdirSync(repository);
  writeFileSync(join(repository, 'file'), 'hello\n');
  const git = (...words: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...words], {
      cwd: repository,
      encoding: 'utf8',
    }).trim();
  git('init', '-q', '-b', 'main');
  git('add', 'file');
  git('commit', '-q', '-m', 'first');
  return git('rev-parse', 'HEAD');
}

/** A disk labelled CIDATA, as cloud-init's NoCloud source looks for. Growing is left to growroot. */
function makeSeed(publicKey: string): string {
  const seed = join(directory, 'seed');
  mkdirSync(seed);
  writeFileSync(join(seed, 'meta-data'), 'instance-id: one\nlocal-hostname: from-the-seed\n');
  writeFileSync(
    join(seed, 'user-data'),
    `#cloud-config
ssh_authorized_keys:
  - ${publicKey}
growpart: { mode: 'off' }
resize_rootfs: false
write_files:
  - path: /etc/from-the-seed
    content: "written at boot\\n"
runcmd:
  - [touch, /run/from-the-seed]
`,
  );
  const path = join(directory, 'seed.iso');
  execFileSync('xorriso', ['-as', 'mkisofs', '-quiet', '-V', 'cidata', '-J', '-r', '-o', path, seed], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  return path;
}

function findFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Runs a command in the guest and gives what it printed, whatever its status; rejects when ssh itself fails. */
async function runOverSsh(options: {
  readonly user: string;
  readonly port: number;
  readonly keyPath: string;
  readonly command: string;
}): Promise<string> {
  const settings = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'BatchMode=yes'];
  const words = [
    ...['-n', '-p', String(options.port), '-i', options.keyPath, '-o', 'IdentitiesOnly=yes', '-F', '/dev/null'],
    ...[...settings, 'ConnectTimeout=60'].flatMap((setting) => ['-o', setting]),
  ];
  const deadline = performance.now() + 180_000;
  for (;;) {
    const { status, stdout, stderr } = await run('ssh', [...words, `${options.user}@127.0.0.1`, options.command]);
    if (status !== 255) return stdout;
    // The console asks for a login before the server listens.
    const isStarting = /refused|reset by peer|kex_exchange|timed out|closed by/.test(stderr);
    if (!isStarting || performance.now() > deadline) throw new Error(stderr);
    await new Promise((done) => setTimeout(done, 1000));
  }
}

function run(
  program: string,
  words: readonly string[],
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(program, words, { encoding: 'utf8', timeout: 300_000 }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}
