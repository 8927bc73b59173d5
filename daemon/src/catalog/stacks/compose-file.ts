import { createRequire } from 'node:module'
import { z } from 'zod'

const MAX_TEXT = 128 * 1024
const MAX_SERVICES = 50

const Text = z.string().max(1_000)
const Named = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
const Service = z.object({
  image: Text.optional().catch(undefined),
  build: z
    .union([Text, z.object({ context: Text.optional(), dockerfile: Text.optional() })])
    .optional()
    .catch(undefined),
  volumes: z.array(z.unknown()).max(100).optional().catch(undefined),
  ports: z.array(z.unknown()).max(100).optional().catch(undefined),
  depends_on: Named.optional().catch(undefined),
})
const ComposeFile = z.object({ services: z.record(z.string(), Service.catch({})) })

export interface ComposeService {
  name: string
  image: string | null
  /** The folder that it is built from. */
  folder: string | null
  /** Named volumes and folders of the host. */
  volumes: string[]
}

/** A quarter of a megabyte that few sources need: read from beside the program when one does. */
const require = createRequire(import.meta.url)

/** The services of a compose file, as far as they can be read; a sentence where they cannot. */
export function readComposeFile(text: string): ComposeService[] | { reason: string } {
  if (text.length > MAX_TEXT) return { reason: 'it is longer than 128 KB' }
  let value: unknown
  try {
    // No tags that make anything but data; aliases are counted, so that none multiplies without end.
    const { parse }: typeof import('yaml') = require('yaml')
    value = parse(text, { schema: 'core', merge: true, maxAliasCount: 50, logLevel: 'error' })
  } catch (error) {
    const [line = ''] = error instanceof Error ? error.message.split('\n') : []
    return { reason: `it is not valid YAML: ${line.slice(0, 200)}` }
  }
  const file = ComposeFile.safeParse(value).data
  if (!file) return { reason: 'it has no services' }
  return Object.entries(file.services)
    .slice(0, MAX_SERVICES)
    .map(([name, service]) => ({
      name,
      image: service.image ?? null,
      folder: folderOf(service.build),
      volumes: (service.volumes ?? []).flatMap((one) => {
        const source = typeof one === 'string' ? one.split(':')[0] : sourceOf(one)
        return source === undefined || source === '' ? [] : [source]
      }),
    }))
}

function folderOf(build: z.infer<typeof Service>['build']): string | null {
  if (build === undefined) return null
  const context = typeof build === 'string' ? build : (build.context ?? '.')
  return context.replace(/^\.\//, '').replace(/\/$/, '') || '.'
}

const sourceOf = (value: unknown): string | undefined =>
  z.object({ source: Text }).safeParse(value).data?.source
