import type { OpenAddonExec } from '@vastrox/shared/agent-api-addons.ts'
import type { SessionEvent } from '@vastrox/shared/agent-api.ts'
import type { z } from 'zod'
import { runningOf } from '#agent/addons/addon-containers.ts'
import type { Engine } from '#agent/engine/engine.ts'
import type { StreamCall } from '#agent/server/bind.ts'
import { createExec } from '#agent/sessions/exec.ts'
import { carryExec } from '#agent/sessions/open-exec.ts'

/** A console in the add-on's container that somebody works with. What it started ends with it. */
export async function openAddonExec(
  { engine, instance }: { engine: Engine; instance: string },
  spec: z.output<typeof OpenAddonExec>,
  call: StreamCall<SessionEvent>,
): Promise<void> {
  const { name } = await runningOf(engine, instance, spec.addonId)
  const id = await createExec(engine, instance, {
    name,
    argv: spec.argv,
    env: spec.env,
    isTerminal: spec.terminal !== null,
    stdin: spec.stdin,
    ifNot: 'ADDON_NOT_RUNNING',
  })
  await carryExec(engine, id, spec, call)
}
