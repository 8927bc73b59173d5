import { CodedError } from '@vastrox/shared/errors.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'
import { isNotFound } from '#agent/engine/engine-error.ts'
import {
  asPullFailure,
  authorization,
  pullFailure,
  shownName,
  withoutPassage,
} from '#agent/images/registry/ask.ts'
import type { Located } from '#agent/images/registry/locate.ts'

/** A registry that says nothing for so long is taken for dead; the engine itself would wait on. */
const SILENCE_MS = 30_000

const Progress = z.object({
  status: z.string().optional(),
  id: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional() }).nullish(),
  error: z.string().optional(),
})
const Image = z.object({ Id: z.string() })

export interface Fetched {
  imageId: string
  /** `name@digest`, by which the engine knows it. */
  name: string
  /** It was there before, by somebody else's doing: it is not ours to remove. */
  wasThere: boolean
}

/** Fetches exactly this digest. Ends within `silenceMs` of the registry's last sign of life. */
export async function fetchImage(
  engine: Engine,
  located: Located & { digest: string },
  say: (line: string) => Promise<void>,
  signal: AbortSignal,
  silenceMs = SILENCE_MS,
): Promise<Fetched> {
  const name = `${located.name}@${located.digest}`
  const shown = shownName(located)
  const before = await imageIdOf(engine, name)
  if (before !== undefined) return { imageId: before, name, wasThere: true }
  const silent = new AbortController()
  let timer = setTimeout(() => silent.abort(), silenceMs)
  try {
    const reply = await engine.stream('POST', '/images/create', {
      query: { fromImage: located.name, tag: located.digest },
      headers: authorization(located.credentials),
      signal: AbortSignal.any([signal, silent.signal]),
      timeoutMs: silenceMs,
    })
    let heard = ''
    for await (const raw of readNdjson(reply, 2 ** 20)) {
      const { status, id, progressDetail, error } = Progress.parse(raw)
      if (error !== undefined) throw pullFailure(withoutPassage(error, located), shown)
      // The engine's own retries are no sign of life.
      const now = `${id} ${status} ${progressDetail?.current}`
      if (now !== heard && status?.startsWith('Retrying') !== true) timer.refresh()
      heard = now
      if (status !== undefined && id !== undefined && /^(Download|Pull) complete$/.test(status))
        await say(`${id}: ${status.toLowerCase()}`)
    }
    const imageId = await imageIdOf(engine, name)
    if (imageId === undefined) throw pullFailure('it is not there after it was fetched', shown)
    return { imageId, name, wasThere: false }
  } catch (error) {
    signal.throwIfAborted()
    if (silent.signal.aborted)
      throw new CodedError('IMAGE_PULL_FAILED', {
        reason: `The registry fell silent while ${shown} was fetched.`,
      })
    throw asPullFailure(error, located)
  } finally {
    clearTimeout(timer)
  }
}

/** Forgets the name an image was fetched by; what is built on it keeps its layers. */
export async function forget(engine: Engine, { name, wasThere }: Fetched): Promise<void> {
  if (wasThere) return
  await engine.act('DELETE', `/images/${name}`, { query: { noprune: false } }).catch(() => {
    // Somebody uses it by now, so it is theirs.
  })
}

async function imageIdOf(engine: Engine, name: string): Promise<string | undefined> {
  try {
    return (await engine.get(`/images/${name}/json`, Image)).Id
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
