import { z } from 'zod'
import type { Engine } from '#agent/engine/engine.ts'

const Info = z.object({
  ServerVersion: z.string(),
  SecurityOptions: z.array(z.string()).nullish(),
})
/** Since which version an engine takes its own seccomp profile by name; older ones only as a file. */
const NAMED_SINCE = 23
const TRY_MS = 5_000

/**
 * The engine's own profiles, asked for by name where it has them, so that a default that somebody
 * changed in its configuration does not hold for users' code. Asked once; an engine is not upgraded
 * under a running agent without a restart of its own, and an old answer is never wrong, only less.
 */
export function rememberProfiles(engine: Pick<Engine, 'get'>): () => Promise<readonly string[]> {
  let known: readonly string[] | undefined
  return async () => {
    known ??= profilesOf(await engine.get('/info', Info, { timeoutMs: TRY_MS }))
    return known
  }
}

export function profilesOf({ ServerVersion, SecurityOptions }: z.infer<typeof Info>): string[] {
  const has = (name: string): boolean =>
    (SecurityOptions ?? []).some((option) => option.split(',').includes(`name=${name}`))
  const namesSeccomp = Number.parseInt(ServerVersion, 10) >= NAMED_SINCE && has('seccomp')
  return [
    ...(namesSeccomp ? ['seccomp=builtin'] : []),
    ...(has('apparmor') ? ['apparmor=docker-default'] : []),
  ]
}
