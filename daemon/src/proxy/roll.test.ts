import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { NOWHERE, Roll } from './roll.ts'

const execute = promisify(execFile)

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

  // A Set in its place grows by megabytes: its dead tables hold one another, and all that were in them.
  it('keeps hold of nobody who has left, however old it is itself', async () => {
    const args = ['--max-semi-space-size=1', '--input-type=module', '-e', COME_AND_GO]
    const { stdout } = await execute(process.execPath, [
      ...args,
      join(import.meta.dirname, 'roll.ts'),
    ])

    expect(Number(stdout)).toBeLessThan(2 ** 18)
  })
})

/** How much the old generation grows by 20,000 who came and went. In a process where nothing else happens. */
const COME_AND_GO = `
import { getHeapSpaceStatistics } from 'node:v8'
const { Roll } = await import(process.argv[1])
const kilobyte = Array.from({ length: 128 }, (_, at) => at)
const roll = new Roll()
const places = []
const comeAndGo = (times) => {
  for (let count = 0; count < times; count += 1) {
    places.push(roll.enter({ data: [...kilobyte, count] }))
    if (places.length > 32) roll.leave(places.shift())
  }
}
const oldBytes = () =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space').space_used_size
comeAndGo(100)
let garbage
for (let count = 0; count < 20_000; count += 1) garbage = [...kilobyte, count]
const before = oldBytes()
comeAndGo(20_000)
console.log(oldBytes() - before)
`
