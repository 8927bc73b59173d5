import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { editFileInTar } from '#agent/builds/tar-edit.ts'

async function tarOf(files: Record<string, string | Buffer>): Promise<Buffer> {
  const tar = pack()
  for (const [name, content] of Object.entries(files))
    tar.entry({ name, mtime: new Date(0) }, content)
  tar.finalize()
  return buffer(Readable.from(tar))
}

async function edited(tar: Buffer, size: number, edit: (text: string) => string): Promise<Buffer> {
  const chunks = []
  for (let at = 0; at < tar.length; at += size) chunks.push(tar.subarray(at, at + size))
  return buffer(
    Readable.from(chunks, { objectMode: false }).pipe(editFileInTar('Dockerfile', edit)),
  )
}

const SOURCE = {
  'a.bin': Buffer.alloc(1_300, 7),
  [`${'deep/'.repeat(30)}Dockerfile`]: 'FROM other',
  empty: '',
  Dockerfile: 'FROM aaa\nRUN x\n',
  'last.txt': 'z'.repeat(512),
}

describe('editing one file of a tar as it passes', () => {
  it('changes that file alone, however the stream is cut', async () => {
    const tar = await tarOf(SOURCE)
    const expected = await tarOf({ ...SOURCE, Dockerfile: 'FROM bbb\nRUN x\n' })

    for (const size of [1, 100, 511, 512, 513, 4_096, tar.length]) {
      const result = await edited(tar, size, (text) => text.replace('aaa', 'bbb'))
      expect(result.equals(expected)).toBe(true)
    }
  })

  it('shows the file of the root, not one deeper, and passes a tar without it untouched', async () => {
    const seen: string[] = []
    const tar = await tarOf(SOURCE)
    const without = await tarOf({ 'a.txt': 'a' })
    const look = (text: string): string => {
      seen.push(text)
      return text
    }

    await edited(tar, 700, look)
    expect((await edited(without, 700, look)).equals(without)).toBe(true)

    expect(seen).toEqual(['FROM aaa\nRUN x\n'])
  })

  it('ends the stream with the error that the edit throws', async () => {
    const tar = await tarOf(SOURCE)
    const refuse = editFileInTar('Dockerfile', () => {
      throw new Error('not allowed')
    })

    await expect(
      pipeline(Readable.from([tar]), refuse, async (out) => buffer(out)),
    ).rejects.toThrow('not allowed')
  })
})
