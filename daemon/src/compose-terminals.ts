import type { TerminalService } from '#core/terminals/terminal-service.ts'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { RunService } from '#core/processes/run-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'

interface TerminalDeps {
  apps: AppFinder
  runs: Pick<RunService, 'open' | 'openExec'>
  addons: OpenAddons
  clock: Clock
  newId: NewId
}

/** Terminals of browsers: nothing of them is there before somebody opens one. */
export function composeTerminals(deps: TerminalDeps) {
  let loading: Promise<TerminalService> | undefined

  async function load(): Promise<TerminalService> {
    const { createTerminalService } = await import('#core/terminals/terminal-service.ts')
    return createTerminalService(deps)
  }

  return {
    load: (): Promise<TerminalService> => (loading ??= load()),
    stop: async (): Promise<void> => (await loading)?.closeAll(),
  }
}
