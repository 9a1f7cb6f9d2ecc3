import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSettings, readChoice, readInteger, readNumber } from '../../src/request/settings.js';

test('the last use of a flag wins over the earlier and over the variable', () => {
  const settings = openSettings(
    [
      { name: 'imageSize', value: '1' },
      { name: 'imageSize', value: '2' },
    ],
    { DIB_IMAGE_SIZE: '3' },
  );
  assert.deepEqual(settings.get('imageSize', 'DIB_IMAGE_SIZE'), {
    text: '2',
    origin: '--image-size',
    isVariable: false,
  });
});

test('a variable counts where there is no flag, an empty one does not', () => {
  const settings = openSettings([], { ARCH: 'arm64', ROOT_LABEL: '' });
  assert.deepEqual(settings.get('architecture', 'ARCH'), { text: 'arm64', origin: 'ARCH', isVariable: true });
  assert.equal(settings.get('rootLabel', 'ROOT_LABEL'), undefined);
});

test('uses are counted and collected', () => {
  const settings = openSettings([{ name: 'trace' }, { name: 'trace' }, { name: 'packages', value: 'vim' }], {});
  assert.equal(settings.count('trace'), 2);
  assert.deepEqual(settings.all('packages'), ['vim']);
});

test('numbers may have fractions and must be above 0', () => {
  const read = (text: string) => {
    const settings = openSettings([], { DIB_IMAGE_SIZE: text });
    const value = readNumber(settings, settings.get(undefined, 'DIB_IMAGE_SIZE'), 'GiB');
    return value ?? settings.faults.map(({ code, message, hint }) => [code, message, hint])[0];
  };
  assert.equal(read('2.5'), 2.5);
  assert.equal(read('.5'), 0.5);
  assert.equal(read('10'), 10);
  const refusal = 'expected a number of GiB above 0';
  assert.deepEqual(read('5G'), [
    'VARIABLE_INVALID',
    `DIB_IMAGE_SIZE is "5G"; ${refusal}`,
    'the unit is always GiB; write the number alone',
  ]);
  for (const text of ['0', '-1', '1e3', '0x10', 'big', '.', '1,5'])
    assert.deepEqual(read(text), ['VARIABLE_INVALID', `DIB_IMAGE_SIZE is "${text}"; ${refusal}`, undefined]);
});

test('whole numbers have a least value', () => {
  const read = (text: string) => {
    const settings = openSettings([{ name: 'journalSize', value: text }], {});
    const value = readInteger(settings, settings.get('journalSize'), { what: 'a size in MiB', minimum: 1 });
    return value ?? settings.faults[0]?.message;
  };
  assert.equal(read('64'), 64);
  assert.equal(read('1.0'), 1);
  for (const text of ['0', '1.5', '', 'x', '99999999999999999999'])
    assert.equal(read(text), `--mkfs-journal-size is "${text}"; expected a size in MiB, a whole number of at least 1`);
});

test('a word that is no choice is answered with the near one', () => {
  const settings = openSettings([{ name: 'cacheMode', value: 'frsh' }], {});
  assert.equal(readChoice(settings, settings.get('cacheMode'), ['on', 'fresh']), undefined);
  assert.deepEqual(
    settings.faults.map(({ code, message, hint }) => ({ code, message, hint })),
    [{ code: 'USAGE', message: '--cache is "frsh"; expected one of on, fresh', hint: 'did you mean "fresh"?' }],
  );
});
