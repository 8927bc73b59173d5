import { getHeapSpaceStatistics } from 'node:v8'
import { describe, expect, it } from 'vitest'
import { NOWHERE, Roll } from './roll.ts'

describe('a roll', () => {
  it('has whoever entered and did not leave, and gives a place that came free to the next', () => {
    const roll = new Roll<string>()
    const first = roll.enter('first')
    roll.enter('second')

    expect(roll.leave(first)).toBe(NOWHERE)

    expect([...roll]).toEqual(['second'])
    expect(roll.size).toBe(1)
    expect(roll.enter('third')).toBe(first)
    expect([...roll]).toEqual(['third', 'second'])
  })

  it('leaves everybody where he is when somebody leaves who was never there', () => {
    const roll = new Roll<string>()
    roll.enter('first')

    roll.leave(NOWHERE)

    expect([...roll]).toEqual(['first'])
    expect(roll.size).toBe(1)
  })

  it('passes over who leaves while it is read', () => {
    const roll = new Roll<string>()
    const places = ['first', 'second', 'third'].map((each) => roll.enter(each))
    const seen: string[] = []

    for (const each of roll) {
      seen.push(each)
      roll.leave(places[1] ?? NOWHERE)
      places[1] = NOWHERE
    }

    expect(seen).toEqual(['first', 'third'])
  })

  // A Set of these grows by 4 to 18 MB: its dead tables hold one another and all that ever were in them.
  it('keeps hold of nobody who has left, however old it is itself', () => {
    const roll = new Roll<number[]>()
    const places: number[] = []
    const comeAndGo = (times: number): void => {
      for (let count = 0; count < times; count += 1) {
        places.push(roll.enter([...KILOBYTE, count]))
        if (places.length > 32) roll.leave(places.shift() ?? NOWHERE)
      }
    }
    comeAndGo(100)
    let garbage: unknown
    for (let count = 0; count < 100_000; count += 1) garbage = [...KILOBYTE, count]
    expect(garbage).toBeDefined()
    const before = oldBytes()

    comeAndGo(20_000)

    expect(oldBytes() - before).toBeLessThan(2 ** 20)
  })
})

const KILOBYTE = Array.from({ length: 128 }, (_, at) => at)

const oldBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ??
  0
