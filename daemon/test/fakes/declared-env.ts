import type { DeclaredEnvService } from '#core/env/declared-env.ts'

/** For sources that ask for no env variables. */
export const noDeclaredEnv: DeclaredEnvService = {
  wish: () => ({ generated: [], defaults: [], keys: [], missing: [] }),
  look: () => ({ generated: [], defaults: [], keys: [] }),
  store: () => ({ generated: [], defaults: [], keys: [] }),
  buildKeys: () => [],
}
