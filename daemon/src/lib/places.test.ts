import { expect, it } from 'vitest'
import { createPlaces } from '#lib/places.ts'

it('gives each key its places, takes them back once, and forgets who has none', () => {
  const places = createPlaces(2)
  const free = places.take('a')

  expect(places.take('a')).toBeDefined()
  expect(places.take('a')).toBeUndefined()
  expect(places.take('b')).toBeDefined()

  free?.()
  free?.()
  expect(places.take('a')).toBeDefined()
  expect(places.take('a')).toBeUndefined()
})

it('holds nothing of keys that have gone', () => {
  const places = createPlaces(2)
  for (let at = 0; at < 1_000; at++) places.take(`key${at}`)?.()

  expect(places.size()).toBe(0)
})
