import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { type Header, pack } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import { editFileInTar } from '#agent/builds/tar-edit.ts'

type Entry = [header: Partial<Header> & { name: string }, content?: string | Buffer]

async function tarOf(files: Record<string, string | Buffer>): Promise<Buffer> {
  return tarOfEntries(Object.entries(files).map(([name, content]) => [{ name }, content]))
}

async function tarOfEntries(entries: Entry[]): Promise<Buffer> {
  const tar = pack()
  for (const [header, content] of entries) {
    const whole = { mtime: new Date(0), ...header }
    if (content === undefined) tar.entry(whole)
    else tar.entry(whole, content)
  }
  tar.finalize()
  return buffer(Readable.from(tar))
}

async function edited(tar: Buffer, size: number, edit: (text: string) => string): Promise<Buffer> {
  const chunks = []
  for (let at = 0; at < tar.length; at += size) chunks.push(tar.subarray(at, at + size))
  const editor = editFileInTar('Dockerfile', edit)
  let result = Buffer.alloc(0)
  await pipeline(Readable.from(chunks, { objectMode: false }), editor, async (out) => {
    result = await buffer(out)
  })
  return result
}

const passed = (tar: Buffer): Promise<Buffer> => edited(tar, 700, (text) => text)

/** A tar whose first header is changed by hand, with its sum put right. */
async function withHeader(change: (header: Buffer) => void, entry: Entry): Promise<Buffer> {
  const tar = await tarOfEntries([entry, [{ name: 'Dockerfile' }, 'FROM a\n']])
  const header = tar.subarray(0, 512)
  change(header)
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return tar
}

const SOURCE = {
  'a.bin': Buffer.alloc(1_300, 7),
  [`${'deep/'.repeat(30)}Dockerfile`]: 'FROM other',
  [`${'länger/'.repeat(40)}Dockerfile`]: 'FROM other',
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

  it('shows the file of the root, not one deeper', async () => {
    const seen: string[] = []

    await edited(await tarOf(SOURCE), 700, (text) => {
      seen.push(text)
      return text
    })

    expect(seen).toEqual(['FROM aaa\nRUN x\n'])
  })

  it('ends the stream with the error that the edit throws', async () => {
    const tar = await tarOf(SOURCE)

    await expect(
      edited(tar, 700, () => {
        throw new Error('not allowed')
      }),
    ).rejects.toThrow('not allowed')
  })

  it('passes the folders, links and long names that sources have', async () => {
    const tar = await tarOfEntries([
      [{ name: 'bin', type: 'directory' }],
      [{ name: 'bin/run', type: 'symlink', linkname: '../server.js' }],
      [{ name: 'same', type: 'link', linkname: 'server.js' }],
      [{ name: 'ü', pax: { comment: 'a1b2', mtime: '1.5', 'SCHILY.xattr.user.x': 'y' } }, 'x'],
      [{ name: 'Dockerfile' }, 'FROM a\n'],
    ])

    expect((await passed(tar)).equals(tar)).toBe(true)
  })
})

it('a tar without that file ends as a build that fails, also where one is spelled otherwise', async () => {
  const tar = await tarOf({ dockerfile: '# syntax=evil\n' })

  await expect(passed(tar)).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    details: { reason: 'There is no Dockerfile in the source.' },
  })
})

describe('a tar in which an engine could find another text under that name is refused:', () => {
  const EVIL: Entry = [{ name: 'Dockerfile' }, '# syntax=evil\n']
  const GOOD: Entry = [{ name: 'Dockerfile' }, 'FROM a\n']

  it.each<[string, Entry[]]>([
    ['it is there twice', [GOOD, EVIL]],
    ['once more with ./', [GOOD, [{ name: './/Dockerfile' }, '# syntax=evil\n']]],
    ['once more by a pax header', [GOOD, [{ name: 'x', pax: { path: 'Dockerfile' } }, 'evil']]],
    ['it is a link', [GOOD, [{ name: 'Dockerfile', type: 'symlink', linkname: 'other' }]]],
    ['it is another name of a file', [[{ name: 'Dockerfile', type: 'link', linkname: 'other' }]]],
    [
      'it is reached through a link',
      [GOOD, [{ name: 'a', type: 'symlink', linkname: '.' }], [{ name: 'a/Dockerfile' }, 'evil']],
    ],
    ['it is reached from beneath', [GOOD, [{ name: 'a/../Dockerfile' }, 'evil']]],
    ['it is too long to look at', [[{ name: 'Dockerfile' }, 'x'.repeat(2 ** 20 + 1)]]],
    [
      'a sparse file takes its name',
      [GOOD, [{ name: 'x', pax: { 'GNU.sparse.name': 'Dockerfile' } }, 'evil']],
    ],
  ])('%s', async (_what, entries) => {
    await expect(tarOfEntries(entries).then(passed)).rejects.toMatchObject({
      code: 'SOURCE_UNSAFE',
    })
  })

  it.each<[string, (header: Buffer) => void, Entry]>([
    ['a name of the GNU kind', (header) => header.write('L', 156), [{ name: 'l' }, 'Dockerfile']],
    ['a global header', (header) => header.write('g', 156), [{ name: 'g' }, '16 path=Dockerf\n']],
    ['the GNU dialect', (header) => header.write('ustar  \0', 257, 'latin1'), [{ name: 'a' }, 'x']],
    ['no dialect', (header) => header.fill(0, 257, 265), [{ name: 'a' }, 'x']],
    ['a size in base 256', (header) => header.writeUInt8(0x80, 124), [{ name: 'a' }, 'x']],
    ['a folder with data', (header) => header.write('5', 156), [{ name: 'a' }, 'x'.repeat(600)]],
    ['a gzip header', (header) => header.write('\x1f\x8b\x08', 0, 'latin1'), [{ name: 'abc' }, '']],
  ])('%s', async (_what, change, entry) => {
    const tar = await withHeader(change, entry)

    await expect(passed(tar)).rejects.toMatchObject({ code: 'SOURCE_UNSAFE' })
  })

  it('a size in a pax header covers it, as it does for the engine', async () => {
    const tar = await tarOfEntries([[{ name: 'x', pax: { size: '2048' } }, 'small'], GOOD])

    await expect(passed(tar)).rejects.toMatchObject({ code: 'BUILD_FAILED' })
  })

  it('something follows a block of zeros', async () => {
    const tar = await tarOf({ Dockerfile: 'FROM a\n' })
    const cut = tar.subarray(0, 1_024)

    await expect(
      passed(Buffer.concat([cut, Buffer.alloc(512), await tarOf({ x: 'y' })])),
    ).rejects.toMatchObject({
      details: { reason: 'The tar of the source is damaged.' },
    })
  })

  it('and what follows the end never reaches the engine', async () => {
    const tar = await tarOf({ Dockerfile: 'FROM a\n' })

    const result = await passed(Buffer.concat([tar, await tarOf({ Dockerfile: 'evil' })]))

    expect(result.equals(tar)).toBe(true)
  })
})
