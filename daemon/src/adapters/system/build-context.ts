import { once } from 'node:events'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { CodedError } from '@vastrox/shared/errors.ts'
import { type Extract, extract, type Header, type Pack, pack } from 'tar-stream'
import { ignoreMatcher, pathMatcher } from '#adapters/system/path-patterns.ts'
import type { BuildContext } from '#ports/build-context.ts'

type Entry = Extract extends AsyncIterable<infer One> ? One : never

/** What SourceTree promises. */
const MAX_PATHS = 20_000
const MAX_TEXT_BYTES = 2 ** 20
const MAX_TEXTS = 2_000
const MAX_ALL_TEXT_BYTES = 32 * 2 ** 20

/** Tars of git archive and of uploads, read and written entry by entry: nothing is unpacked on disk. */
export const buildContext: BuildContext = {
  async readTree(tar, reads) {
    const paths = new Set<string>()
    const texts = new Map<string, string>()
    const isWanted = pathMatcher(reads)
    let bytes = 0
    for await (const entry of entriesOf(tar)) {
      const path = pathOf(entry.header)
      const size = entry.header.size ?? 0
      const isFile = entry.header.type === 'file' || entry.header.type === 'symlink'
      if (path !== '' && isFile && paths.size < MAX_PATHS) paths.add(path)
      const fits = size <= MAX_TEXT_BYTES && bytes + size <= MAX_ALL_TEXT_BYTES
      if (isFile && fits && texts.size < MAX_TEXTS && isWanted(path)) {
        texts.set(path, await text(Readable.from(entry)))
        bytes += size
      } else entry.resume()
    }
    return { paths, read: (path) => texts.get(path) }
  },

  withFiles(tar, files, { ignore, root }) {
    const out = pack()
    const isIgnored = ignoreMatcher(ignore)
    const write = async (): Promise<void> => {
      // First: the engine takes a stream that begins with a pax header for a Dockerfile, not a tar.
      for (const [name, content] of Object.entries(files))
        out.entry({ name, mode: 0o644, mtime: new Date(0) }, content)
      for await (const entry of entriesOf(tar)) {
        const path = seenFrom(root, pathOf(entry.header))
        if (path === undefined || path in files || isIgnored(path)) entry.resume()
        else await copyEntry(entry, { ...entry.header, name: path }, out)
      }
      out.finalize()
    }
    write().catch((error: Error) => out.destroy(error))
    return Readable.from(out)
  },
}

/** The path below `root`; undefined where it is not below it. */
function seenFrom(root: string | null, path: string): string | undefined {
  if (root === null) return path
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined
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

async function copyEntry(entry: Entry, header: Header, out: Pack): Promise<void> {
  const { promise: written, resolve, reject } = Promise.withResolvers<void>()
  const target = out.entry(header, (error) => (error ? reject(error) : resolve()))
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
