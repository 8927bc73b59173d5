import { setTimeout as sleep } from 'node:timers/promises'
import { isAddonPlace } from '#agent/addons/addon-names.ts'
import { LABEL } from '#agent/containers/labels.ts'
import { listContainers, nameOf } from '#agent/containers/list-instances.ts'
import { removeContainer } from '#agent/containers/stop-instances.ts'
import type { FenceEngine } from '#agent/builds/fence-places.ts'
import { createFreezer } from '#agent/builds/freezer.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { endMarkedSessions } from '#agent/sessions/kernel-session.ts'
import { dropPassed } from '#agent/images/registry/passage-names.ts'
import type { AddressBook } from '#agent/networks/address-book.ts'
import { log } from '#agent/node/log.ts'

const TRY_AGAIN_MS = 2_000

interface Deps {
  engine: Engine
  instance: string
  book: AddressBook
  /** Names of the commands this process runs already. */
  runs: ReadonlySet<string>
  cgroups: () => Promise<FenceEngine>
}

/**
 * What an agent that died left behind: frozen builds, one-off commands nobody waits for any more, in containers of their own and inside of instances, and addresses of
 * containers that are gone. Tries until the engine answers; ends with the signal.
 */
export async function tidyAfterDeath(deps: Deps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const left = await tidy(deps)
      if (left.length > 0) log('runs.removed', { names: left })
      return
    } catch {
      // The engine does not answer yet.
      await sleep(TRY_AGAIN_MS, undefined, { signal, ref: false }).catch(() => {
        // Stopping.
      })
    }
  }
}

async function tidy({ engine, instance, book, runs, cgroups }: Deps): Promise<string[]> {
  await createFreezer(await cgroups()).thaw()
  const ours = await listContainers(engine, { [LABEL.instance]: instance })
  const left = ours
    .filter((container) => container.Labels[LABEL.kind] === 'run')
    .map(nameOf)
    .filter((name) => !runs.has(name))
  await Promise.all(left.map((name) => removeContainer(engine, name)))
  await endMarkedSessions(instance)
  await dropPassed(engine, instance)
  const living = new Set(ours.map(nameOf).filter((name) => !left.includes(name)))
  // An add-on keeps its places while it is stopped, until they are taken from it.
  await book.keepOnly({ has: (name) => living.has(name) || isAddonPlace(instance, name) })
  return left
}
