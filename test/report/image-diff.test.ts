import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatImageDiff } from '../../src/report/image-diff.js';

test('packages come first, then paths by cause, no more of each than asked for', () => {
  assert.equal(
    formatImageDiff(
      {
        before: '/w/a',
        after: '/w/b',
        isSame: false,
        elements: [],
        artifacts: [],
        packages: [
          { name: 'vim', before: '1', after: '2' },
          { name: 'nano', before: '7' },
          { name: 'ed', after: '3' },
        ],
        causes: [
          {
            cause: 'install.d/50-x of element x',
            growthBytes: 1024,
            changes: [
              { path: '/etc/x', kind: 'changed', what: ['mode 644 → 600'], growthBytes: 0 },
              { path: '/opt/x', kind: 'added', what: [], growthBytes: 2048 },
              { path: '/opt/y', kind: 'removed', what: [], growthBytes: -1024 },
            ],
          },
        ],
      },
      2,
    ),
    [
      '/w/a → /w/b',
      '',
      'Packages',
      '  ~ vim 1 → 2',
      '  - nano 7',
      '  + ed 3',
      '',
      'install.d/50-x of element x: 3 paths, +1 KiB',
      '  ~ /etc/x  (mode 644 → 600)',
      '  + /opt/x  (+2 KiB)',
      '    and 1 more',
      '',
    ].join('\n'),
  );
  const same = { before: 'a', after: 'b', isSame: true, elements: [], artifacts: [], packages: [], causes: [] };
  assert.equal(formatImageDiff(same, 1), 'a → b: no difference\n');
});
