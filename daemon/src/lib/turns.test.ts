import { expect, it } from 'vitest'
import { createTurns } from './turns.ts'

it('Turns are given in the order they were asked for, and one that is no longer wanted is skipped', async () => {
  const turns = createTurns(1)
  const never = new AbortController().signal
  const given: string[] = []
  const ask = async (name: string, signal = never) => {
    const end = await turns.take(signal)
    given.push(name)
    return end
  }
  const end = await ask('first')
  const gone = new AbortController()
  const skipped = ask('skipped', gone.signal)
  const last = ask('last')
  gone.abort(new Error('gone'))
  await expect(skipped).rejects.toThrow('gone')
  expect(given).toEqual(['first'])

  end()
  end()
  const endLast = await last
  expect(given).toEqual(['first', 'last'])
  const third = ask('third')
  await Promise.resolve()
  expect(given).toEqual(['first', 'last'])
  endLast()
  await third
  await expect(turns.take(AbortSignal.abort(new Error('late')))).rejects.toThrow('late')
})
