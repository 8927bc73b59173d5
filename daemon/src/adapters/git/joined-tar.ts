import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { type Extract, extract, type Header, type Pack, pack } from 'tar-stream'

interface Part {
  /** The folder that it comes beneath. */
  prefix: string
  tar: () => Promise<Readable>
}

/** Content that is taken in place of what a tar has at that path. */
export type Replacements = ReadonlyMap<string, { file: string; sizeBytes: number }>

/** Several tars as one, each beneath a folder of its own, with some of the content from elsewhere. */
export function joinTars(parts: readonly Part[], replacements: Replacements = new Map()): Readable {
  const out = pack()
  const write = async (): Promise<void> => {
    for (const { prefix, tar } of parts) {
      const entries = extract()
      const source = await tar()
      source.on('error', (error) => entries.destroy(error))
      source.pipe(entries)
      for await (const entry of entries) {
        const { type } = entry.header
        const name = `${prefix}${entry.header.name}`
        const other = type === 'file' ? replacements.get(name) : undefined
        if (other) {
          entry.resume()
          const header = { ...entry.header, name, size: other.sizeBytes }
          await copyEntry(createReadStream(other.file), header, out)
        } else if (['file', 'symlink', 'directory'].includes(type) && name !== '')
          await copyEntry(entry, { ...entry.header, name }, out)
        else entry.resume()
      }
    }
    out.finalize()
  }
  write().catch((error: Error) => out.destroy(error))
  return Readable.from(out)
}

type Entry = Extract extends AsyncIterable<infer One> ? One : never

async function copyEntry(content: Entry | Readable, header: Header, out: Pack): Promise<void> {
  const { promise: written, resolve, reject } = Promise.withResolvers<void>()
  const target = out.entry(header, (error) => (error ? reject(error) : resolve()))
  for await (const chunk of content) if (!target.write(chunk)) await once(target, 'drain')
  target.end(undefined)
  await written
}
