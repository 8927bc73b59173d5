import { once } from 'node:events'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { CodedError } from '@vastrox/shared/errors.ts'
import { type Extract, extract, type Header, type Pack, pack } from 'tar-stream'
import { pathMatcher } from '#adapters/system/path-patterns.ts'
import type { BuildContext } from '#ports/build-context.ts'

type Entry = Extract extends AsyncIterable<infer One> ? One : never

/** What SourceTree promises. */
const MAX_PATHS = 20_000
const MAX_TEXT_BYTES = 2 ** 20

/** Tars of git archive and of uploads, read and written entry by entry: nothing is unpacked on disk. */
export const buildContext: BuildContext = {
  async readTree(tar, reads) {
    const paths = new Set<string>()
    const texts = new Map<string, string>()
    const wanted = new Set(reads)
    for await (const entry of entriesOf(tar)) {
      const path = pathOf(entry.header)
      const isFile = entry.header.type === 'file' || entry.header.type === 'symlink'
      if (path !== '' && isFile && paths.size < MAX_PATHS) paths.add(path)
      if (wanted.has(path) && (entry.header.size ?? 0) <= MAX_TEXT_BYTES)
        texts.set(path, await text(Readable.from(entry)))
      else entry.resume()
    }
    return { paths, read: (path) => texts.get(path) }
  },

  withFile(tar, name, content, ignore) {
    const out = pack()
    const isIgnored = pathMatcher(ignore)
    const write = async (): Promise<void> => {
      for await (const entry of entriesOf(tar)) {
        const path = pathOf(entry.header)
        if (path === name || isIgnored(path)) entry.resume()
        else await copyEntry(entry, out)
      }
      out.entry({ name, mode: 0o644, mtime: new Date(0) }, content)
      out.finalize()
    }
    write().catch((error: Error) => out.destroy(error))
    return Readable.from(out)
  },
}

async function* entriesOf(tar: Readable): AsyncGenerator<Entry> {
  const entries = extract()
  tar.on('error', (error) => entries.destroy(error))
  tar.pipe(entries)
  try {
    yield* entries
  } catch (cause) {
    throw new CodedError('SOURCE_UNSAFE', { reason: 'The source cannot be read.' }, { cause })
  } finally {
    tar.destroy()
  }
}

async function copyEntry(entry: Entry, out: Pack): Promise<void> {
  const { promise: written, resolve, reject } = Promise.withResolvers<void>()
  const target = out.entry(entry.header, (error) => (error ? reject(error) : resolve()))
  for await (const chunk of entry) if (!target.write(chunk)) await once(target, 'drain')
  target.end(undefined)
  await written
}

/** Without `./` and the slash that ends a directory's name. */
function pathOf({ name }: Header): string {
  const path = name.replace(/^(\.\/)+/, '')
  let end = path.length
  while (path[end - 1] === '/') end -= 1
  return path.slice(0, end)
}
