import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSourceArchive } from './source-archive.ts'

const ID = 'source0000000001'
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vastrox-archive-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the archive of sources', () => {
  it('gives back what was put, and knows what it has', async () => {
    const archive = createSourceArchive({ folder })

    expect(await archive.put(ID, Readable.from([Buffer.from('tar'), Buffer.from('ball')]))).toEqual(
      {
        sizeBytes: 7,
      },
    )

    expect(await text(await archive.open(ID))).toBe('tarball')
    expect(await archive.has(ID)).toBe(true)
    expect(await archive.list()).toEqual([ID])
  })

  it('leaves nothing behind when the source breaks half-way', async () => {
    const archive = createSourceArchive({ folder })
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half')
        throw new Error('git died')
      })(),
    )

    await expect(archive.put(ID, broken)).rejects.toThrow('git died')

    expect(await archive.has(ID)).toBe(false)
    expect(await readdir(folder)).toEqual([])
  })

  it('refuses what is too large, in words, and keeps nothing of it', async () => {
    const archive = createSourceArchive({ folder, maxBytes: 2 ** 20 })
    const large = Readable.from(Array.from({ length: 20 }, () => Buffer.alloc(100_000)))

    await expect(archive.put(ID, large)).rejects.toMatchObject({
      code: 'SOURCE_TOO_LARGE',
      details: { reason: 'the unpacked source is larger than 1 MB' },
    })

    expect(await readdir(folder)).toEqual([])
  })

  it('removes, and does not mind removing twice', async () => {
    const archive = createSourceArchive({ folder })
    await archive.put(ID, Readable.from([Buffer.from('x')]))

    await archive.remove(ID)
    await archive.remove(ID)

    expect(await archive.list()).toEqual([])
    await expect(archive.open(ID)).rejects.toThrow('ENOENT')
  })

  it('takes no id that could be a path (rule C2)', async () => {
    const archive = createSourceArchive({ folder })

    await expect(archive.put('../../etc/x', Readable.from([]))).rejects.toThrow('not the id')
  })
})
