import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'

/** The engine walks through every layer and volume that it has. */
const TIMEOUT_MS = 300_000

const Labels = z.record(z.string(), z.string()).nullish()

const EngineUse = z.object({
  LayersSize: z.number().nullish(),
  Images: z
    .array(
      z.object({
        Id: z.string(),
        Created: z.number(),
        Size: z.number(),
        RepoTags: z.array(z.string()).nullish(),
        Labels,
      }),
    )
    .nullish(),
  Containers: z
    .array(
      z.object({
        Id: z.string(),
        ImageID: z.string().nullish(),
        SizeRw: z.number().nullish(),
        Labels,
      }),
    )
    .nullish(),
  BuildCache: z
    .array(
      z.object({
        ID: z.string(),
        Description: z.string().nullish(),
        InUse: z.boolean(),
        Shared: z.boolean(),
        Size: z.number(),
        CreatedAt: z.string().nullish(),
        LastUsedAt: z.string().nullish(),
      }),
    )
    .nullish(),
})

/** What the engine says of its own disk. Every call of the same engine waits for one under way. */
export async function readEngineUse(engine: Pick<Engine, 'get'>) {
  const use = await engine.get('/system/df', EngineUse, { timeoutMs: TIMEOUT_MS })
  return {
    layersBytes: use.LayersSize ?? 0,
    images: use.Images ?? [],
    containers: use.Containers ?? [],
    cache: use.BuildCache ?? [],
  }
}
export type EngineUse = Awaited<ReturnType<typeof readEngineUse>>
