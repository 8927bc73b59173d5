import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createArena } from './arena.js'

test('players stay on the field', () => {
  const arena = createArena(3, 3)
  arena.join('ann')
  for (let step = 0; step < 5; step += 1) arena.move('ann', 'w')
  assert.deepEqual(arena.list(), ['ann 0,1'])
})

test('a name is there once', () => {
  const arena = createArena()
  assert.equal(arena.join('ann'), undefined)
  assert.equal(arena.join('ann'), 'ann is here already')
  assert.match(arena.join('no spaces'), /letters and digits/)
})
