import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTicketKeys } from './ticket-keys.ts'

const DAY = 86_400_000

let directory = ''
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'vastrox-tickets-')), 'tickets')
})
afterEach(() => rm(join(directory, '..'), { recursive: true, force: true }))

function worker(at = () => 5.5 * DAY) {
  const used: string[] = []
  const said: string[] = []
  const keys = createTicketKeys({
    directory,
    use: (key) => used.push(key.toString('hex')),
    now: at,
    onProblem: (line) => said.push(line),
  })
  return { keys, used, said }
}

describe('P10 the keys of session tickets', () => {
  it('are the same in workers that start at once', async () => {
    const workers = Array.from({ length: 8 }, () => worker())

    await Promise.all(workers.map(({ keys }) => keys.tick()))

    expect(new Set(workers.flatMap(({ used }) => used)).size).toBe(1)
    expect(await readdir(directory)).toEqual(['5.key'])
    expect((await stat(join(directory, '5.key'))).mode & 0o777).toBe(0o600)
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
  })

  it('are new every day, and yesterday’s is gone', async () => {
    let now = 5.5 * DAY
    const { keys, used } = worker(() => now)
    await keys.tick()
    now = 5.9 * DAY
    await keys.tick()
    now = 6.1 * DAY
    await keys.tick()

    expect(used).toHaveLength(2)
    expect(used[0]).not.toBe(used[1])
    expect(await readdir(directory)).toEqual(['6.key'])
  })

  it('are drawn anew where a file is damaged', async () => {
    const first = worker()
    await first.keys.tick()
    await writeFile(join(directory, '5.key'), 'short')

    const second = worker()
    await second.keys.tick()

    expect(second.used[0]).toHaveLength(96)
    expect(second.used[0]).not.toBe(first.used[0])
    expect((await readFile(join(directory, '5.key'))).toString('hex')).toBe(second.used[0])
  })

  it('are of one worker alone where the directory cannot be used, and that is said', async () => {
    await writeFile(directory, 'in the way')
    const { keys, used, said } = worker()

    await keys.tick()

    expect(used).toHaveLength(1)
    expect(said).toEqual([expect.stringContaining('ticket keys')])
  })
})
