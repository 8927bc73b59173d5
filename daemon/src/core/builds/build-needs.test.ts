import { CodedError } from '@vastrox/shared/errors.ts'
import { expect, it } from 'vitest'
import { createBuildNeeds } from '#core/builds/build-needs.ts'
import { createFakeClock } from '#test/fakes/clock.ts'

function setUp() {
  const rows = new Map<string, number>()
  const needs = createBuildNeeds({
    needs: {
      findForPlatform: (id) => rows.get(id),
      saveForPlatform: (id, bytes) => void rows.set(id, bytes),
    },
    clock: createFakeClock(),
  })
  return needs
}
const fails = (error: Error) => () => Promise.reject(error)

it('remembers what a build needed, and lets it fade by those that needed less', async () => {
  const needs = setUp()
  expect(needs.of('a')).toBeNull()

  await needs.remember('a', async () => ({ peakMemoryBytes: 1_000 }))
  expect(needs.of('a')).toBe(1_000)
  await needs.remember('a', async () => ({ peakMemoryBytes: 0 }))
  expect(needs.of('a')).toBe(800)
  await needs.remember('a', async () => ({ peakMemoryBytes: 900 }))
  expect(needs.of('a')).toBe(900)
  expect(needs.of('b')).toBeNull()
})

it('learns from those that failed for want of memory too, and not from others', async () => {
  const needs = setUp()
  const full = new CodedError('BUILD_OUT_OF_MEMORY', { limitBytes: 2_000 })
  const ended = new CodedError('BUILD_ENDED_FOR_APPS', { peakMemoryBytes: 700 })

  await expect(needs.remember('a', fails(full))).rejects.toBe(full)
  expect(needs.of('a')).toBe(2_000)
  await expect(needs.remember('b', fails(ended))).rejects.toBe(ended)
  expect(needs.of('b')).toBe(700)
  await expect(needs.remember('c', fails(new Error('x')))).rejects.toThrow('x')
  expect(needs.of('c')).toBeNull()
})
