import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pack } from 'tar-stream'

/** The same bytes for the same files, whenever it is called. */
export function tarOf(files: Record<string, string>): Promise<Buffer> {
  const tar = pack()
  for (const [name, content] of Object.entries(files))
    tar.entry({ name, mtime: new Date(0) }, content)
  tar.finalize()
  return buffer(Readable.from(tar))
}
