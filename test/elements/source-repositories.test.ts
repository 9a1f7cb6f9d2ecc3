import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { BuildError } from '../../src/base/build-error.js';
import {
  resolveSourceRepositories,
  type SourceRecord,
  sourceRecordTable,
} from '../../src/elements/source-repositories.js';
import { type ElementTexts, writeElements } from './element-fixtures.js';

test('records come by file name, comments and continued lines are understood, the last line needs no end', (t) => {
  const records = recordsOf(t, {
    one: { 'source-repository-z': '# a comment\n\nz-one git /opt/z \\\n  $HOST/z.git stable/1' },
    two: { 'source-repository-a': 'a tar /opt/a https://example.org/a.tgz\nb file /opt/b https://example.org/b\n' },
  });
  assert.deepEqual(
    records.map((record) => [record.name, record.type, record.destination, record.location, record.ref]),
    [
      ['a', 'tar', '/opt/a', 'https://example.org/a.tgz', '*'],
      ['b', 'file', '/opt/b', 'https://example.org/b', ''],
      ['z-one', 'git', '/opt/z', 'https://example.org/z.git', 'stable/1'],
    ],
  );
  const sum = createHash('sha1').update('git_https://example.org/z.git\n').digest('hex');
  assert.equal(records[2]?.cacheEntry, `z_one_${sum}`);
});

test('type, location and ref can be overridden, and the default ref belongs to the final type', (t) => {
  const text = { e: { 'source-repository-my-lib': 'my-lib tar /opt/lib https://example.org/lib.tgz\n' } };
  const overridden = recordsOf(t, text, { DIB_REPOTYPE_my_lib: 'git', DIB_REPOLOCATION_my_lib: '/srv/lib' });
  assert.deepEqual(
    overridden.map((record) => [record.type, record.location, record.ref]),
    [['git', '/srv/lib', 'HEAD']],
  );
  const emptied = recordsOf(t, text, { DIB_REPOTYPE_my_lib: '', DIB_REPOREF_my_lib: 'src' });
  assert.deepEqual(
    emptied.map((record) => [record.type, record.ref]),
    [['tar', 'src']],
  );
});

test('the base of git locations is replaced, unless the location is overridden', (t) => {
  const text = {
    e: {
      'source-repository-x': 'x git /x https://host/~me/group/x.git\ny git /y host:y.git\nz tar /z https://host/z\n',
    },
  };
  const base = { DIB_GITREPOBASE: 'ssh://mirror/$1,git/' };
  assert.deepEqual(
    recordsOf(t, text, base).map((record) => record.location),
    ['ssh://mirror/$1,git/group/x.git', 'host:y.git', 'https://host/z'],
  );
  assert.equal(recordsOf(t, text, { ...base, DIB_REPOLOCATION_x: '/own' })[0]?.location, '/own');
});

test('records of another install type, and packages, are skipped with the reason', (t) => {
  const text = { e: { 'source-repository-x': 'x git /x https://host/x\np package\n' } };
  const reasons = (environment: Readonly<Record<string, string>>): readonly string[] =>
    recordsOf(t, text, environment).map((record) => record.skippedBecause);
  assert.deepEqual(reasons({}), ['', 'it comes as a package']);
  assert.deepEqual(reasons({ DIB_INSTALLTYPE_x: 'package' }), ['its install type is package', 'it comes as a package']);
  assert.deepEqual(recordsOf(t, text, { NO_SOURCE_REPOSITORIES: '1' }), []);
});

test('a digest is given with the location or by variable', (t) => {
  const digest = 'ab'.repeat(32);
  const text = {
    e: { 'source-repository-x': `x file /x https://host/x#sha256=${digest.toUpperCase()}\ny file /y /y\n` },
  };
  assert.deepEqual(
    recordsOf(t, text, { DIB_REPOSHA256_y: digest }).map((record) => [record.location, record.sha256]),
    [
      ['https://host/x', digest],
      ['/y', digest],
    ],
  );
});

test('everything wrong is reported with its line', (t) => {
  const { elements } = writeElements(t, {
    e: {
      'source-repository-x': [
        'a gitt /a https://host/a',
        'b git opt/b https://host/b',
        'c git /c',
        'd git / https://host/d',
        'e git /e https://host/e main more',
        'f tar /f https://host/f ../..',
        'g file /g/../../h https://host/g',
        'h file /h $(id)',
        'i file /i $UNSET_HOST/i',
        'j file /j --upload-pack=x',
        'k file /k https://host/k#sha256=abc',
      ].join('\n'),
      'source-repository-same': 'one file /1 /1\n',
    },
    f: { 'source-repository-same': 'two file /2 /2\n' },
  });
  const faults: BuildError[] = [];
  resolveSourceRepositories({ elements, environment: {}, faults });
  const path = `${elements[0]?.directory}/source-repository-x`;
  assert.deepEqual(
    faults.map((fault) => [fault.message.replace(path, 'x'), fault.where?.replace(path, 'x')]),
    [
      [
        'elements "e" and "f" both have a source-repository-same, and they differ',
        `${elements[1]?.directory}/source-repository-same`,
      ],
      ['source "a": the type "gitt" is none of git, tar, file, package', 'x:1'],
      ['source "b": the destination "opt/b" is not an absolute path', 'x:2'],
      ['source "c": the location is missing', 'x:3'],
      ['source "d": the destination is missing', 'x:4'],
      ['source "e": 6 fields are too many', 'x:5'],
      ['source "f": "../.." is not a directory inside the archive', 'x:6'],
      ['source "g": the destination "/g/../../h" is not an absolute path', 'x:7'],
      ['x: commands are not run here: set a variable in environment.d instead', 'x:8:11'],
      ['x: UNSET_HOST is not set', 'x:9:11'],
      ['source "j": the location "--upload-pack=x" begins with a dash', 'x:10'],
      ['source "k": "abc" is not a SHA-256', 'x:11'],
    ],
  );
});

test('the table has a line a record, empty fields as dashes', (t) => {
  const records = recordsOf(
    t,
    { e: { 'source-repository-x': 'x git /x /srv/x\np package\n' } },
    { DIB_REPOSUBMODULES: '1' },
  );
  const sum = (text: string): string => createHash('sha1').update(`${text}\n`).digest('hex');
  assert.equal(
    sourceRecordTable(records),
    `x\tgit\t/x\t/srv/x\tHEAD\t-\tsubmodules\tx_${sum('git_/srv/x')}\t-
p\tpackage\t-\t-\t-\t-\tsubmodules\tp_${sum('package_')}\tit comes as a package
`,
  );
});

function recordsOf(
  t: TestContext,
  elements: Readonly<Record<string, ElementTexts>>,
  environment: Readonly<Record<string, string>> = {},
): readonly SourceRecord[] {
  const set = writeElements(t, elements);
  const faults: BuildError[] = [];
  const records = resolveSourceRepositories({
    elements: set.elements,
    environment: { HOST: 'https://example.org', ...environment },
    faults,
  });
  assert.deepEqual(faults, []);
  return records;
}
