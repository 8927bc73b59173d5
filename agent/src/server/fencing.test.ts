import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFencing, parseToken } from '#agent/server/fencing.ts'

let directory: string
let file: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fencing-'))
  file = join(directory, 'fencing.json')
})
afterEach(() => rm(directory, { recursive: true }))

describe('fencing (rule K4)', () => {
  it('refuses a token lower than the highest seen, and admits that one again', async () => {
    const fencing = await createFencing(file)
    await fencing.admit(7)

    await expect(fencing.admit(6)).rejects.toMatchObject({ code: 'FENCED' })
    await expect(fencing.admit(7)).resolves.toBeUndefined()
  })

  it('remembers it over a restart, from before the first call ran', async () => {
    const fencing = await createFencing(file)
    await fencing.admit(41)

    const again = await createFencing(file)

    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ highest: 41 })
    await expect(again.admit(40)).rejects.toMatchObject({ code: 'FENCED' })
  })

  it('ends on the highest when several rise at once', async () => {
    const fencing = await createFencing(file)

    await Promise.allSettled([3, 9, 5, 8].map((token) => fencing.admit(token)))

    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ highest: 9 })
  })

  it('refuses a token far above the highest, which would lock out every later daemon', async () => {
    const fencing = await createFencing(file)
    await fencing.admit(41)

    await expect(fencing.admit(1_000_042)).rejects.toMatchObject({ code: 'REQUEST_INVALID' })

    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ highest: 41 })
    await expect(fencing.admit(41)).resolves.toBeUndefined()
    await expect(fencing.admit(1_000_041)).resolves.toBeUndefined()
  })

  it('lets daemons in again once what could not be written can be', async () => {
    const fencing = await createFencing(file)
    // Stands for a full disk.
    await rm(directory, { recursive: true })
    await expect(fencing.admit(41)).rejects.toThrow('ENOENT')
    await expect(fencing.admit(41)).rejects.toThrow('ENOENT')

    await mkdir(directory)
    await fencing.admit(41)

    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ highest: 41 })
    await expect(fencing.admit(40)).rejects.toMatchObject({ code: 'FENCED' })
  })

  it('does not start over when its file is damaged', async () => {
    await writeFile(file, 'not json')

    await expect(createFencing(file)).rejects.toThrow('cannot be read')
  })

  it('takes nothing but a number for a token', () => {
    expect(parseToken('12')).toBe(12)
    for (const header of [undefined, '', '-1', '1e3', ['1', '2'], '9'.repeat(16)])
      expect(() => parseToken(header)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }))
  })
})
