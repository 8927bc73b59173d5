import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'

const AT_ONCE = 6

const Inspected = z.object({
  Size: z.number(),
  RootFS: z.object({ Layers: z.array(z.string()).nullish() }).nullish(),
})
const History = z.array(z.object({ Size: z.number(), CreatedBy: z.string().nullish() }))

/** An image with its layers, the lowest first, and what each takes. */
export interface LayeredImage {
  id: string
  layers: string[]
  /** As long as `layers`; undefined where it cannot be told which step made which layer. */
  sizes: number[] | undefined
  sizeBytes: number
}

/** Of those that are gone meanwhile nothing is said. */
export async function readLayers(
  engine: Pick<Engine, 'get'>,
  ids: readonly string[],
  { withSizes }: { withSizes: boolean },
): Promise<LayeredImage[]> {
  const found: LayeredImage[] = []
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = await Promise.all(
      ids.slice(at, at + AT_ONCE).map((id) => readOne(engine, id, withSizes)),
    )
    found.push(...some.flatMap((one) => one ?? []))
  }
  return found
}

async function readOne(
  engine: Pick<Engine, 'get'>,
  id: string,
  withSizes: boolean,
): Promise<LayeredImage | undefined> {
  try {
    const { Size, RootFS } = await engine.get(`/images/${id}/json`, Inspected)
    const layers = RootFS?.Layers ?? []
    const sizes = withSizes
      ? sizesOf(layers.length, await engine.get(`/images/${id}/history`, History))
      : undefined
    return { id, layers, sizes, sizeBytes: Size }
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** Steps that write files, of every way to build; others leave no layer. */
const WRITES = /^(?:RUN|COPY|ADD|WORKDIR)\b|^\/bin\/sh -c (?!#\(nop\) +(?!ADD|COPY|WORKDIR))/

/** The engine tells the steps, the newest first, and not which of them have left a layer. */
export function sizesOf(
  count: number,
  history: readonly { Size: number; CreatedBy?: string | null | undefined }[],
): number[] | undefined {
  const steps = history.toReversed()
  const sized = steps.filter(({ Size }) => Size > 0)
  if (sized.length === count) return sized.map(({ Size }) => Size)
  const writing = steps.filter(({ Size, CreatedBy }) => Size > 0 || WRITES.test(CreatedBy ?? ''))
  return writing.length === count ? writing.map(({ Size }) => Size) : undefined
}

/**
 * What each layer takes: one is known by all that is below it. Where the steps of an image do not tell,
 * what is above the layers that are known counts as its uppermost.
 */
export function tallyLayers(images: readonly LayeredImage[]) {
  const bytes = new Map<string, number>()
  const chains = new Map(images.map((image) => [image.id, chainsOf(image.layers)]))
  for (const { id, sizes } of images)
    for (const [at, chain] of (chains.get(id) ?? []).entries()) {
      const size = sizes?.[at]
      if (size !== undefined) bytes.set(chain, size)
    }
  for (const { id, sizes, sizeBytes } of images) {
    const all = chains.get(id) ?? []
    const top = all.at(-1)
    if (sizes || top === undefined) continue
    let known = 0
    for (const chain of all) {
      const size = bytes.get(chain)
      if (size === undefined) bytes.set(chain, 0)
      else known += size
    }
    bytes.set(top, (bytes.get(top) ?? 0) + Math.max(0, sizeBytes - known))
  }
  return { bytes, chainsOf: (id: string): readonly string[] => chains.get(id) ?? [] }
}

/** The same layer upon others is another one. */
export function chainsOf(layers: readonly string[]): string[] {
  let below = ''
  return layers.map((layer) => {
    below = below === '' ? layer : `${hash(below)} ${layer}`
    return below
  })
}

/** Chains stay short. */
const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
