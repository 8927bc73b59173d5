import type { Engine } from '#agent/engine/engine.ts'
import { officialBase } from '#agent/images/bootstrap/base-recipe.ts'
import { askDigest } from '#agent/images/registry/ask.ts'
import { locate } from '#agent/images/registry/locate.ts'
import { readRegistrySettings } from '#agent/images/registry/settings.ts'
import { parseImageReference } from '@vastrox/shared/image-reference.ts'

const PROBE_MS = 3_000
const REMEMBER_MS = 10 * 60_000
const ASKED_FOR = officialBase('trixie')

interface Deps {
  engine: Engine
  registryFile: string
  elapsedMs?: () => number
}

/**
 * Whether an image registry answers for official images: asked of the engine, which knows which one
 * that is, in at most 3 s, and remembered for 10 minutes. A change of root's settings is a new question.
 */
export function createRegistryProbe({
  engine,
  registryFile,
  elapsedMs = () => performance.now(),
}: Deps) {
  let known: { atMs: number; settings: string; answers: boolean } | undefined

  return {
    async answers(signal: AbortSignal): Promise<boolean> {
      const settings = await readRegistrySettings(registryFile)
      if (settings.isOff) return false
      const text = JSON.stringify(settings)
      if (known?.settings === text && elapsedMs() - known.atMs < REMEMBER_MS) return known.answers
      const answers = await ask()
      signal.throwIfAborted()
      known = { atMs: elapsedMs(), settings: text, answers }
      return answers
    },

    /** It fell silent in the middle: not asked again for a while. */
    async noteDead(): Promise<void> {
      const settings = JSON.stringify(await readRegistrySettings(registryFile))
      known = { atMs: elapsedMs(), settings, answers: false }
    },
  }

  async function ask(): Promise<boolean> {
    const reference = parseImageReference(ASKED_FOR)
    if (reference === undefined) return false
    const located = locate(reference, await readRegistrySettings(registryFile))
    try {
      await askDigest(engine, located, { timeoutMs: PROBE_MS })
      return true
    } catch {
      // Why it does not answer does not matter: there is another way.
      return false
    }
  }
}
export type RegistryProbe = ReturnType<typeof createRegistryProbe>
