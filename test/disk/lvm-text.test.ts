import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLvmText } from '../../src/disk/lvm-text.js';

test('sections, numbers, strings and lists are read, comments are not', () => {
  const text = `vg { # the "group"
    id = "a-\\"b\\""
    seqno = 1
    status = ["READ", 7, ["x"]]
    empty = []
    inner { count = -3 }
  }
  version = 1`;
  assert.deepEqual(parseLvmText(text), {
    values: { version: 1 },
    sections: {
      vg: {
        values: { id: 'a-"b"', seqno: 1, status: ['READ', 7, ['x']], empty: [] },
        sections: { inner: { values: { count: -3 }, sections: {} } },
      },
    },
  });
});

test('text that is cut ends where it ends', () => {
  assert.deepEqual(parseLvmText('vg { list = ["a", '), {
    values: {},
    sections: { vg: { values: { list: ['a'] }, sections: {} } },
  });
});
