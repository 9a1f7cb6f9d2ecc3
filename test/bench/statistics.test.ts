import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareSeries, summarise } from '../../bench/statistics.js';

test('the median of an odd number of measurements is the middle one', () => {
  assert.deepEqual(summarise([30, 10, 20]), { median: 20, min: 10, max: 30, count: 3 });
});

test('the median of an even number of measurements is the mean of the middle two', () => {
  assert.deepEqual(summarise([40, 10, 20, 30]), { median: 25, min: 10, max: 40, count: 4 });
});

test('one measurement is its own median and spread', () => {
  assert.deepEqual(summarise([7]), { median: 7, min: 7, max: 7, count: 1 });
});

test('nothing cannot be summarised', () => {
  assert.throws(() => summarise([]), new RangeError('no measurement to summarise'));
});

test('a ratio is that of the medians, its spread that of the rounds', () => {
  assert.deepEqual(compareSeries([10, 20, 12], [40, 40, 20]), { median: 12 / 40, min: 0.25, max: 0.6, count: 3 });
});
