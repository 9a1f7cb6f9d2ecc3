import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defineTest } from '../../src/harness/test-definition.js';
import { imageDefinitionsSchema } from '../../src/request/image-definition-schema.js';
import { elementTest } from './element-tests.js';

test('a disk is built from the element and its test, without base', () => {
  const definition = defineTest(elementTest('a/one'), { directory: "/tmp/it's" }, '/mine');
  assert.deepEqual(definition, [
    {
      imagename: "/tmp/it's/image",
      'debug-trace': 1,
      types: ['tar'],
      'skip-base': true,
      elements: ['a', 'one'],
      environment: {
        DIB_SHOW_IMAGE_USAGE: '1',
        LANG: 'en_US.utf8',
        LC_ALL: '',
        ELEMENTS_PATH: '/elements/a/test-elements:/mine',
        TMPDIR: "/tmp/it's/tmp",
        break: 'after-error,before-cleanup',
        break_outside_target: '1',
        break_cmd: `cp "$TMP_MOUNT_PATH/tmp/dib-test-should-fail" '/tmp/it'\\''s' 2> /dev/null || true`,
      },
    },
  ]);
  assert.deepEqual(imageDefinitionsSchema.parse(definition), definition);
});

test('a ramdisk says that it is one, and a log makes the build quiet', () => {
  const [definition] = defineTest(
    elementTest('a/one', { type: 'ramdisk', formats: [] }),
    { directory: '/tmp/x', logPath: '/logs/a.log' },
    '',
  );
  assert.deepEqual(
    [definition.ramdisk, definition.types, definition.logfile, definition.environment],
    [
      true,
      [],
      '/logs/a.log',
      {
        ...(defineTest(elementTest('a/one'), { directory: '/tmp/x' }, '')[0].environment as object),
        DIB_QUIET: '1',
      },
    ],
  );
  assert.deepEqual(imageDefinitionsSchema.parse([definition]), [definition]);
});
