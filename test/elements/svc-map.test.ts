import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BuildError } from '../../src/base/build-error.js';
import { mergeServiceMaps, serviceTable } from '../../src/elements/svc-map.js';
import { writeElements } from './element-fixtures.js';

const nova = ['nova-api', 'nova-cert', 'nova-compute', 'nova-scheduler']
  .map((service) => `${service}:\n  debian: ${service}\n  default: openstack-${service}\n`)
  .concat('nova-consoleauth:\n  debian: nova-console\n  default: openstack-nova-console\n')
  .join('');
const elements = {
  nova: { 'svc-map': nova },
  glance: { 'svc-map': 'glance-api:\n  debian: glance-api\n  default: openstack-glance-api\n' },
  cinder: {
    'svc-map':
      'cinder-api: {debian: cinder-api, default: openstack-cinder-api}\ncinder-scheduler: {debian: cinder-scheduler, default: openstack-cinder-scheduler}\n',
  },
};

test('on fedora the default names are taken', (t) => {
  const faults: BuildError[] = [];
  const set = writeElements(t, elements);
  assert.equal(
    serviceTable(mergeServiceMaps({ elements: set.elements, distribution: 'fedora', faults })),
    `cinder-api: openstack-cinder-api
cinder-scheduler: openstack-cinder-scheduler
glance-api: openstack-glance-api
nova-api: openstack-nova-api
nova-cert: openstack-nova-cert
nova-compute: openstack-nova-compute
nova-consoleauth: openstack-nova-console
nova-scheduler: openstack-nova-scheduler
`,
  );
  assert.deepEqual(faults, []);
});

test('on ubuntu the names of its family are taken', (t) => {
  const { elements: written } = writeElements(t, elements);
  assert.deepEqual(Object.fromEntries(mergeServiceMaps({ elements: written, distribution: 'ubuntu', faults: [] })), {
    'cinder-api': 'cinder-api',
    'cinder-scheduler': 'cinder-scheduler',
    'glance-api': 'glance-api',
    'nova-api': 'nova-api',
    'nova-cert': 'nova-cert',
    'nova-compute': 'nova-compute',
    'nova-consoleauth': 'nova-console',
    'nova-scheduler': 'nova-scheduler',
  });
});

test('rocky belongs to the family of redhat, and null is the own name', (t) => {
  const { elements: written } = writeElements(t, {
    a: { 'svc-map': 'web: {redhat: httpd, default: apache2}\ndb:\nmq: {rocky: , default: }\n' },
    b: { 'svc-map': '# nothing\n' },
  });
  const faults: BuildError[] = [];
  assert.deepEqual(Object.fromEntries(mergeServiceMaps({ elements: written, distribution: 'rocky', faults })), {
    db: 'db',
    mq: 'mq',
    web: 'httpd',
  });
  assert.deepEqual(faults, []);
});

test('a service of two elements is a fault that names both places', (t) => {
  const { elements: written } = writeElements(t, { a: { 'svc-map': 'web:\n' }, b: { 'svc-map': 'db:\nweb:\n' } });
  const faults: BuildError[] = [];
  mergeServiceMaps({ elements: written, distribution: 'debian', faults });
  assert.deepEqual(
    faults.map((fault) => [fault.message, fault.where]),
    [
      [
        `service "web" of element "b" is already declared at ${written[0]?.directory}/svc-map:1:1`,
        `${written[1]?.directory}/svc-map:2:1`,
      ],
    ],
  );
});

test('no services are an empty YAML map', () => {
  assert.equal(serviceTable(new Map()), '{}\n');
});
