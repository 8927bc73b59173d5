import { setTimeout as sleep } from 'node:timers/promises'
import { sayError } from '@vastrox/shared/errors.ts'
import type { Addons } from '#agent/addons/addons.ts'
import type { AddonDeps } from '#agent/addons/addon-deps.ts'
import { hasLinks } from '#agent/addons/links-file.ts'
import { log } from '#agent/node/log.ts'

const TRY_AGAIN_MS = 2_000

/** Whoever has no add-on never has the code of them in memory. */
export function addonsLoader(deps: AddonDeps): () => Promise<Addons> {
  let loaded: Promise<Addons> | undefined
  return () => {
    loaded ??= import('#agent/addons/addons.ts').then(({ createAddons }) => createAddons(deps))
    return loaded
  }
}

interface Deps {
  addonsDir: string
  addons: () => Promise<Addons>
}

/** After the bridge of an app was made. The app is started all the same: the daemon asks for its links again. */
export async function linkAddons({ addonsDir, addons }: Deps): Promise<void> {
  if (!hasLinks(addonsDir)) return
  try {
    await (await addons()).settleLinks()
  } catch (error) {
    log('addons.not-linked', { reason: sayError(error) })
  }
}

/** At the start of an agent: what changed while it was away. Tries until the engine answers, or the signal. */
export async function settleAddons(
  { addonsDir, addons }: Deps,
  signal: AbortSignal,
): Promise<void> {
  let said: string | undefined
  while (!signal.aborted && hasLinks(addonsDir)) {
    try {
      await (await addons()).settleLinks()
      return
    } catch (error) {
      const reason = sayError(error)
      if (reason !== said) log('addons.not-linked', { reason })
      said = reason
      await sleep(TRY_AGAIN_MS, undefined, { signal, ref: false }).catch(() => {
        // Stopping.
      })
    }
  }
}
